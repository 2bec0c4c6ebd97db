// Starts the server under test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { basename, dirname, join, resolve } from "node:path";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
const buildDir = resolve(root, process.env.SOCKEYE_BUILD_DIR ?? "build/dev");
export const program = resolve(buildDir, "tests/sockeye_fixture");
const chat = resolve(buildDir, "examples/sockeye_chat");
export const hasChat = existsSync(chat);
const app = resolve(buildDir, "app/sockeye-server");
export const hasApp = existsSync(app);
// What is served to browsers.
export const clientFiles = join(dirname(fileURLToPath(import.meta.resolve("socket.io-client/package.json"))), "dist");

// Without what the scripts tell each other, which the standalone server would take for settings of its own.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("SOCKEYE_")));

// A server, which says in its first line where it is. `logged` returns what it has logged, `stop` its exit code.
async function start(command, options, portIn) {
  const server = spawn(command, options, { env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (text) => {
    log += text;
    process.stderr.write(text);
  });
  const ended = once(server, "exit");
  const [line] = await Promise.race([
    once(createInterface(server.stdout), "line"),
    ended.then(([code]) => Promise.reject(new Error(`${basename(command)} ended with ${code}`))),
  ]);
  const port = portIn(line);
  return {
    line,
    port,
    pid: server.pid,
    url: `http://localhost:${port}`,
    logged: () => log,
    async stop() {
      server.kill("SIGTERM");
      return (await ended)[0];
    },
    async kill() {
      server.kill("SIGKILL");
      await ended;
    },
  };
}

// The fixture with that command line, on a port that the system chooses.
export async function startFixture(profile, ...options) {
  const server = await start(program, [profile, "--port", "0", ...options], (line) => JSON.parse(line).port);
  return { ...server, ready: JSON.parse(server.line) };
}

const portInUrl = (line) => Number(/localhost:(\d+)/.exec(line)[1]);

// examples/chat with its page.
export function startChat(...options) {
  const page = resolve(root, "examples/chat/page");
  return start(chat, ["--port", "0", "--page", page, "--client-files", clientFiles, ...options], portInUrl);
}

// The standalone server, with the page that is built in.
export function startApp(...options) {
  return start(app, ["--port", "0", ...options], portInUrl);
}

// Runs the fixture to its end: for command lines that start no server.
export async function runFixture(...commandLine) {
  const run = spawn(program, commandLine);
  const texts = { stdout: "", stderr: "" };
  for (const name of Object.keys(texts)) run[name].on("data", (data) => (texts[name] += data));
  const [code] = await once(run, "close");
  return { code, ...texts };
}
