// Starts the server under test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { resolve } from "node:path";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const buildDir = resolve(root, process.env.SOCKEYE_BUILD_DIR ?? "build/dev");
export const program = resolve(buildDir, "tests/sockeye_fixture");

// The fixture with that command line, on a port that the system chooses. `stop` returns its exit code.
export async function startFixture(profile, ...options) {
  const server = spawn(program, [profile, "--port", "0", ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  const ready = await Promise.race([
    once(createInterface(server.stdout), "line").then(([line]) => JSON.parse(line)),
    ended.then(([code]) => Promise.reject(new Error(`the fixture ended with ${code}`))),
  ]);
  return {
    ready,
    pid: server.pid,
    url: `http://localhost:${ready.port}`,
    async stop() {
      server.kill("SIGTERM");
      return (await ended)[0];
    },
  };
}

// Runs the fixture to its end: for command lines that start no server.
export async function runFixture(...commandLine) {
  const run = spawn(program, commandLine);
  const texts = { stdout: "", stderr: "" };
  for (const name of Object.keys(texts)) run[name].on("data", (data) => (texts[name] += data));
  const [code] = await once(run, "close");
  return { code, ...texts };
}
