// Three standalone servers and their Redis, to which each has a network of its own.
import { once } from "node:events";
import { io } from "socket.io-client";
import { startApp } from "./fixture.mjs";
import { startNetwork } from "./network.mjs";
import { eventually } from "./programs.mjs";
import { startRedis } from "./redis.mjs";

export const lease = 2000;
export const grace = 300;

async function startInstance(name, redis, options) {
  const network = await startNetwork(redis.port);
  const server = await startApp("--node-id", name, "--redis-url", network.url.replace("http", "redis"), "--presence-lease",
    `${lease}ms`, "--presence-grace", `${grace}ms`, "--log-level", "error", ...options);
  const isReady = async () => (await fetch(`${server.url}/readyz`)).ok;
  const kill = async () => {
    await server.kill();
    network.stop();
  };
  return { ...server, name, network, isReady, kill };
}

// Somebody at an instance, who keeps what is heard.
export class User {
  constructor(instance, name) {
    this.name = name;
    this.heard = [];
    this.socket = io(instance.url, { forceNew: true, reconnection: false, transports: ["websocket"] });
    this.socket.onAny((event, told) => this.heard.push({ event, ...told }));
  }
  async enter() {
    await once(this.socket, "connect");
    return this.ask("register", { userId: this.name });
  }
  ask(event, request = {}) {
    return this.socket.timeout(20_000).emitWithAck(event, request);
  }
  // What was told of a user's coming and going, in order: true for each coming.
  changesOf(userId) {
    return this.heard.filter((one) => one.event === "presence:update" && one.userId === userId).map(({ online }) => online);
  }
  of(event) {
    return this.heard.filter((one) => one.event === event);
  }
  hears(condition) {
    return eventually(() => condition(this));
  }
}

// `options`: of every instance, besides its own.
export async function startAppCluster(...options) {
  const redis = await startRedis();
  const instances = [];
  for (const name of ["a", "b", "c"]) instances.push(await startInstance(name, redis, options));
  const users = [];
  const listeners = [];
  const enter = async (instance, name) => {
    const user = new User(instance, name);
    users.push(user);
    const answer = await user.enter();
    if (!answer.ok) throw new Error(answer.error.message);
    return user;
  };
  return {
    redis,
    instances,
    enter,
    // Ann, Ben and Cat, each at an instance of their own.
    meet: () => Promise.all(["ann", "ben", "cat"].map((name, i) => enter(instances[i], name))),
    // What the cluster tells its members on a channel, from now on.
    async listen(channel) {
      const told = [];
      const client = redis.client.duplicate();
      client.on("error", () => {});
      await client.connect();
      listeners.push(client);
      await client.subscribe(channel, (text) => told.push(JSON.parse(text)));
      return told;
    },
    async stop() {
      for (const { socket } of users) socket.disconnect();
      for (const listener of listeners) listener.destroy();
      await Promise.all(instances.map((instance) => instance.kill()));
      await redis.stop();
    },
  };
}
