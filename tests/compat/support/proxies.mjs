// nginx and HAProxy as deploy/ configures them, on ports of the test's own.
import { spawn, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "./cluster.mjs";
import { freePort } from "./redis.mjs";

const deploy = fileURLToPath(new URL("../../../deploy/", import.meta.url));

// What an operator would change; all of it must be there.
function fillIn(text, places) {
  for (const [from, to] of Object.entries(places)) {
    if (!text.includes(from)) throw new Error(`the configuration does not say ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

const accepts = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });

function makeCertificate(folder) {
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const what = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"];
  execFileSync("openssl", [...what, "-keyout", key, "-out", certificate], { stdio: "ignore" });
  return { key, certificate };
}

async function start(file, commandOf, reloadSignal, placesOf, ports) {
  const folder = await mkdtemp(join(tmpdir(), "sockeye-proxy-"));
  const port = await freePort();
  const { key, certificate } = makeCertificate(folder);
  const both = join(folder, "both.pem");
  await writeFile(both, (await readFile(certificate, "utf8")) + (await readFile(key, "utf8")));
  const servers = { "127.0.0.1:3001": `127.0.0.1:${ports[0]}`, "127.0.0.1:3002": `127.0.0.1:${ports[1]}` };
  const config = join(folder, file);
  const text = await readFile(join(deploy, file), "utf8");
  await writeFile(config, fillIn(text, { ...servers, ...placesOf({ folder, port, key, certificate, both }) }));
  const [command, ...args] = commandOf({ config, folder });
  const proxy = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  await eventually(() => accepts(port));
  return {
    url: `https://localhost:${port}`,
    reload: () => proxy.kill(reloadSignal),
    async stop() {
      proxy.kill("SIGTERM");
      await once(proxy, "exit");
      await rm(folder, { recursive: true });
    },
  };
}

export const proxies = {
  nginx: (ports) =>
    start(
      "nginx.conf",
      ({ config, folder }) => ["nginx", "-c", config, "-p", folder, "-e", "stderr", "-g", "daemon off; user root; pid nginx.pid; error_log stderr;"],
      "SIGHUP",
      ({ folder, port, key, certificate }) => ({
        "listen 443 ssl;": `listen 127.0.0.1:${port} ssl;`,
        "/etc/ssl/certs/sockeye.pem": certificate,
        "/etc/ssl/private/sockeye.key": key,
        "proxy_read_timeout 60s": "proxy_read_timeout 3s",
        "worker_processes auto;": "worker_processes 1;",
        "http {": `http {\n    access_log off;\n    client_body_temp_path ${folder};\n    proxy_temp_path ${folder};`,
      }),
      ports,
    ),
  haproxy: (ports) =>
    start(
      "haproxy.cfg",
      ({ config }) => ["haproxy", "-W", "-f", config],
      "SIGUSR2",
      ({ port, both }) => ({
        "bind :443": `bind 127.0.0.1:${port}`,
        "/etc/ssl/private/sockeye-with-key.pem": both,
        "timeout tunnel 60s": "timeout tunnel 3s",
      }),
      ports,
    ),
};
