// A redis-server of the test's own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createClient } from "redis";
import { eventually, freePort } from "./programs.mjs";

async function spawnServer(port, folder, more) {
  const settings = ["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"];
  const server = spawn("redis-server", [...settings, ...more].map(String), { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface(server.stdout)) if (line.includes("Ready to accept connections")) break;
  server.stdout.resume();
  return server;
}

export async function startRedis(more = []) {
  const folder = await mkdtemp(join(tmpdir(), "sockeye-redis-"));
  const port = await freePort();
  let server = await spawnServer(port, folder, more);
  const url = `redis://127.0.0.1:${port}`;
  const client = createClient({ url });
  client.on("error", () => {}); // it comes back after a restart
  await client.connect();
  const kill = async () => {
    server.kill("SIGKILL");
    await once(server, "exit");
  };
  return {
    url,
    port,
    client,
    // It comes back empty.
    async restart() {
      await kill();
      server = await spawnServer(port, folder, more);
    },
    async stop() {
      client.destroy();
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}

// A Redis Cluster of one server.
export async function startRedisCluster() {
  const redis = await startRedis(["--cluster-enabled", "yes", "--cluster-port", await freePort()]);
  await redis.client.sendCommand(["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
  await eventually(async () => String(await redis.client.sendCommand(["CLUSTER", "INFO"])).includes("cluster_state:ok"));
  return { ...redis, url: redis.url.replace("redis:", "redis+cluster:") };
}
