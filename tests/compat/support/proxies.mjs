// nginx and HAProxy with the configurations of deploy/, as processes of the test's own.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { constants, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { eventually, freePort } from "./programs.mjs";

// A file of deploy/ with other values: whatever is to be replaced must be there, so that the file and its tests stay together.
async function adapted(name, changes) {
  let text = await readFile(new URL(`../../../deploy/${name}`, import.meta.url), "utf8");
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`deploy/${name} does not say "${from}"`);
    text = text.replaceAll(from, to);
  }
  return text;
}

// The line of the second server, behind the first one's in the files, goes where there is but one.
function onServers(text, [first, second]) {
  const all = second ? text.replaceAll("127.0.0.1:3001", second) : text.replaceAll(/^.*127\.0\.0\.1:3001.*\n/gm, "");
  return all.replaceAll("127.0.0.1:3000", first);
}

// What stands around the file, in Debian in /etc/nginx/nginx.conf.
const nginxMain = (folder, limit) => `
user ${userInfo().username};
worker_processes 2;
daemon off;
pid ${folder}/pid;
${limit ? `worker_shutdown_timeout ${limit};` : ""}
events {}
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((what) => `${what}_temp_path ${folder}/${what};`).join("\n  ")}
  include ${folder}/sockeye.conf;
}`;

// `servers` are "address:port"; `drain` is how long a process may stay that a reload has replaced.
export const proxies = {
  nginx: {
    file: "nginx.conf",
    command: (folder) => ["nginx", "-e", "stderr", "-c", `${folder}/nginx.conf`],
    reloadSignal: "SIGHUP",
    timeouts: (time) => [["60s", time]],
    sticky: { "the client's address": [] },
    notSticky: [["    hash $remote_addr consistent;\n", ""]],
    async write({ folder, ports, servers, drain, changes = [] }) {
      const text = await adapted(this.file, [
        ["listen 80;", `listen 127.0.0.1:${ports.plain};`],
        ["listen 443 ssl", `listen 127.0.0.1:${ports.tls} ssl`],
        ["/etc/ssl/certs/example.org.pem", `${folder}/cert.pem`],
        ["/etc/ssl/private/example.org.key", `${folder}/key.pem`],
        ...changes,
      ]);
      await writeFile(join(folder, "sockeye.conf"), onServers(text, servers));
      await writeFile(join(folder, "nginx.conf"), nginxMain(folder, drain));
    },
  },
  HAProxy: {
    file: "haproxy.cfg",
    command: (folder) => ["haproxy", "-W", "-db", "-f", `${folder}/haproxy.cfg`],
    reloadSignal: "SIGUSR2",
    websocketOverHttp2: true,
    timeouts: (time) => [["60s", time]],
    sticky: {
      "a cookie": [],
      "the client's address": [
        ["    cookie sockeye_server insert indirect nocache httponly\n", "    hash-type consistent\n"],
        ["backend sockeye_sticky\n    balance leastconn", "backend sockeye_sticky\n    balance source"],
      ],
    },
    notSticky: [
      ["    cookie sockeye_server insert indirect nocache httponly\n", ""],
      ["backend sockeye_sticky\n    balance leastconn", "backend sockeye_sticky\n    balance roundrobin"],
    ],
    async write({ folder, ports, servers, drain = "30m", changes = [] }) {
      const text = await adapted(this.file, [
        ["bind :80\n", `bind 127.0.0.1:${ports.plain}\n`],
        ["bind :443", `bind 127.0.0.1:${ports.tls}`],
        ["/etc/haproxy/example.org.pem", `${folder}/both.pem`],
        ["hard-stop-after 30m", `hard-stop-after ${drain}`],
        ...changes,
      ]);
      await writeFile(join(folder, "haproxy.cfg"), onServers(text, servers));
    },
  },
};

async function makeCertificate(folder) {
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name));
  const { status, stderr } = spawnSync("openssl", [
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost".split(" "),
    ..."-addext subjectAltName=DNS:localhost,IP:127.0.0.1".split(" "),
    ...["-keyout", key, "-out", cert],
  ]);
  if (status !== 0) throw new Error(`openssl: ${stderr}`);
  const texts = await Promise.all([cert, key].map((name) => readFile(name, "utf8")));
  await writeFile(join(folder, "both.pem"), texts.join(""));
  return texts[0];
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => resolve(false));
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

// HAProxy listens before it can be told to reload.
async function catches(pid, signal) {
  const [, caught] = /SigCgt:\t(\w+)/.exec(await readFile(`/proc/${pid}/status`, "utf8"));
  return ((BigInt(`0x${caught}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}

async function childrenOf(pid) {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter(Boolean);
}

// In front of `servers`, from startFixture.
export async function startProxy(kind, servers, options = {}) {
  const proxy = proxies[kind];
  const folder = await mkdtemp(join(tmpdir(), `sockeye-${kind.toLowerCase()}-`));
  const ports = { plain: await freePort(), tls: await freePort() };
  const configure = (behind) =>
    proxy.write({ folder, ports, servers: behind.map(({ ready }) => `127.0.0.1:${ready.port}`), ...options });

  const certificate = await makeCertificate(folder);
  await configure(servers);
  const [command, ...args] = proxy.command(folder);
  const program = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  program.stderr.on("data", (text) => (log += text));
  const ended = once(program, "exit");
  await eventually(async () => {
    if (program.exitCode !== null) throw new Error(`${command} ended:\n${log}`);
    const listening = await Promise.all(Object.values(ports).map(listens));
    return listening.every(Boolean) && catches(program.pid, proxy.reloadSignal);
  });
  return {
    url: `http://127.0.0.1:${ports.plain}`,
    tlsUrl: `https://localhost:${ports.tls}`,
    certificate,
    // Resolves when a new process has taken over, to what waits for the end of the old ones.
    async reload(behind) {
      const old = await childrenOf(program.pid);
      await configure(behind);
      program.kill(proxy.reloadSignal);
      const isOld = (pid) => old.includes(pid);
      await eventually(async () => !(await childrenOf(program.pid)).every(isOld));
      return { oldHaveEnded: async () => !(await childrenOf(program.pid)).some(isOld) };
    },
    async stop() {
      program.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
