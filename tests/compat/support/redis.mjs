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

const slotCount = 16384;

// A Redis Cluster of so many servers, each with its part of the slots; `client` is the first one's.
export async function startRedisCluster(count = 1) {
  const servers = [];
  for (let i = 0; i < count; ++i) {
    const bus = await freePort();
    const server = await startRedis(["--cluster-enabled", "yes", "--cluster-port", bus]);
    const ask = (...words) => server.client.sendCommand(words.map(String));
    const [first, end] = [i, i + 1].map((part) => Math.floor((part * slotCount) / count));
    await ask("CLUSTER", "ADDSLOTSRANGE", first, end - 1);
    await ask("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
    const has = (slot) => slot >= first && slot < end;
    servers.push({ ...server, bus, ask, has, id: await ask("CLUSTER", "MYID") });
  }
  for (const { port, bus } of servers.slice(1)) await servers[0].ask("CLUSTER", "MEET", "127.0.0.1", port, bus);
  const isWhole = async ({ ask }) => {
    const info = String(await ask("CLUSTER", "INFO"));
    return info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${count}`);
  };
  for (const server of servers) await eventually(() => isWhole(server));
  const url = `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join()}`;
  return { ...servers[0], url, servers, stop: () => Promise.all(servers.map((server) => server.stop())) };
}
