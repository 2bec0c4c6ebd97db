// Servers joined by Redis, ours and Node's, each a process of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { io } from "socket.io-client";
import { program } from "./fixture.mjs";
import { eventually, freeze, thaw } from "./programs.mjs";
import { startRedis } from "./redis.mjs";

const reference = fileURLToPath(new URL("interop_reference.mjs", import.meta.url));

async function startNode(what, { kind, ourOptions }, name, redis) {
  const env = { ...process.env, REDIS_URL: redis.url, NODE_NAME: name };
  const [command, args] =
    what === "sockeye"
      ? [program, ["interop", "--port", "0", ...ourOptions]]
      : [process.execPath, [reference, kind]];
  const server = spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  const [line] = await Promise.race([
    once(createInterface(server.stdout), "line"),
    ended.then(([code]) => Promise.reject(new Error(`${what} ended with ${code}`))),
  ]);
  return {
    what,
    name,
    pid: server.pid,
    url: `http://localhost:${JSON.parse(line).port}`,
    pause: () => freeze(server.pid),
    resume: () => thaw(server.pid),
    async stop() {
      server.kill("SIGKILL");
      await ended;
    },
  };
}

// A client in a namespace of a server, which keeps what it is sent.
export class Member {
  heard = [];
  answer = (...args) => args;
  #waiting = [];

  constructor(node, nsp, options = {}) {
    this.node = node;
    this.socket = io(node.url + nsp, { forceNew: true, reconnection: false, transports: ["websocket"], ...options });
    this.socket.onAny((event, ...args) => {
      const done = typeof args.at(-1) === "function" ? args.pop() : null;
      this.heard.push([event, ...args]);
      for (const look of this.#waiting) look();
      if (done && this.answer) done(this.answer(...args));
    });
  }

  async connected() {
    await once(this.socket, "connect");
    this.id = this.socket.id;
    return this;
  }

  // Does one of the profile's operations.
  do(operation, ...args) {
    return this.socket.timeout(20_000).emitWithAck(operation, ...args);
  }

  // Waits until so much has been heard; gives it away.
  async hear(count) {
    if (this.heard.length < count)
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`heard only ${JSON.stringify(this.heard)}`)), 20_000);
        this.#waiting.push(() => this.heard.length >= count && (clearTimeout(late), resolve()));
      });
    return this.heard.splice(0);
  }

  leave() {
    this.socket.disconnect();
  }
}

// Until one of Node's knows as many servers.
export async function awaitServers(node, nsp, count) {
  const asking = await new Member(node, nsp).connected();
  await eventually(async () => (await asking.do("server-count")) === count);
  asking.leave();
}

// `whats`: "sockeye" or "node", one for each server. `start`: what joins them.
export async function startCluster(adapter, whats, start = startRedis) {
  const redis = await start();
  const nodes = [];
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await redis.stop();
  };
  try {
    for (const [i, what] of whats.entries()) nodes.push(await startNode(what, adapter, `${what}-${i}`, redis));
    for (const nsp of ["/", "/chat"])
      await eventually(async () => (await adapter.count(redis.client, nsp)) === nodes.length);
  } catch (error) {
    await stop(); // or its processes would keep the test's from ending
    throw error;
  }
  // A client on each server.
  const meet = (nsp, options) => Promise.all(nodes.map((node) => new Member(node, nsp, options).connected()));
  return { redis, nodes, meet, stop };
}
