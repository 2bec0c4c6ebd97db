// What the fixture's profile `interop` is, as a server in Node: `interop_reference.mjs ADAPTER`, with REDIS_URL and
// NODE_NAME in the environment. A process of its own, so that a test can stop and end it.
import { createServer } from "node:http";
import { once } from "node:events";
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { createAdapter as createOlderStreamsAdapter } from "redis-streams-adapter-0.2";
import { Emitter } from "@socket.io/redis-emitter";
import { createClient } from "redis";
import { Server } from "socket.io";

const [kind] = process.argv.slice(2);
const { REDIS_URL: url, NODE_NAME: name } = process.env;

// In the manner of ioredis: that version knows `redis` up to its own version 4.
function callsOf(client, reader) {
  const command = (to, verb) => (...args) => to.sendCommand([verb, ...args.flat().map(String)]);
  const [xadd, xrange, set] = ["XADD", "XRANGE", "SET"].map((verb) => command(client, verb));
  const take = (key) => ({ exec: async () => [[null, await client.sendCommand(["GETDEL", key])]] });
  const multi = () => ({ get: (key) => ({ del: () => take(key) }) });
  return { xadd, xrange, set, multi, xread: command(reader, "XREAD") };
}

async function makeAdapter() {
  const client = await createClient({ url }).connect();
  if (kind.startsWith("streams-0.2"))
    return createOlderStreamsAdapter(callsOf(client, await client.duplicate().connect()), { heartbeatInterval: 500 });
  if (kind.startsWith("streams")) return createStreamsAdapter(client);
  const subscriber = await client.duplicate().connect();
  if (kind === "sharded") return createShardedAdapter(client, subscriber);
  return createAdapter(client, subscriber, {
    requestsTimeout: 2000,
    publishOnSpecificResponseChannel: kind === "classic-specific",
  });
}

const namesOf = (rooms) => (rooms === null ? [] : [rooms].flat());
const to = (nsp, rooms) => (namesOf(rooms).length ? nsp.to(namesOf(rooms)) : nsp.except([]));

// Each gets what an event carries, and returns what its acknowledgement does.
const operations = {
  join: async (nsp, socket, room) => socket.join(room),
  leave: async (nsp, socket, room) => socket.leave(room),
  "set-data": async (nsp, socket, data) => void (socket.data = data),
  broadcast: async (nsp, socket, rooms, event, ...args) => void to(nsp, rooms).emit(event, ...args),
  "broadcast-except": async (nsp, socket, rooms, except, event, ...args) =>
    void to(nsp, rooms).except(namesOf(except)).emit(event, ...args),
  "broadcast-ack": (nsp, socket, rooms, event, timeout, ...args) =>
    new Promise((done) =>
      to(nsp, rooms)
        .timeout(timeout)
        .emit(event, ...args, (error, responses) => done({ error: error?.message ?? null, responses })),
    ),
  "fetch-sockets": async (nsp, socket, rooms) => {
    try {
      const found = await to(nsp, rooms).fetchSockets();
      return found.map(({ id, rooms, data }) => ({ id, rooms: [...rooms], data }));
    } catch (error) {
      return { error: error.message };
    }
  },
  "sockets-join": async (nsp, socket, rooms, target) => void to(nsp, rooms).socketsJoin(target),
  "sockets-leave": async (nsp, socket, rooms, target) => void to(nsp, rooms).socketsLeave(target),
  "disconnect-sockets": async (nsp, socket, rooms, close) => void to(nsp, rooms).disconnectSockets(close),
  "server-side-emit": async (nsp, socket, event, ...args) => void nsp.serverSideEmit(event, ...args),
  "server-side-emit-ack": (nsp, socket, event, ...args) =>
    new Promise((done) =>
      nsp.serverSideEmit(event, ...args, (error, responses) => done({ error: error?.message ?? null, responses })),
    ),
};

// What nobody but our own tests asks for, and the same by an emitter.
const outside = (nsp, rooms) => to(emitter.of(nsp.name), rooms);
const moreOperations = {
  "server-count": (nsp) => nsp.adapter.serverCount(),
  "emitter-broadcast": async (nsp, socket, rooms, except, event, ...args) =>
    void outside(nsp, rooms).except(namesOf(except)).emit(event, ...args),
  "emitter-join": async (nsp, socket, rooms, target) => void outside(nsp, rooms).socketsJoin(target),
  "emitter-leave": async (nsp, socket, rooms, target) => void outside(nsp, rooms).socketsLeave(target),
  "emitter-disconnect": async (nsp, socket, rooms, close) => void outside(nsp, rooms).disconnectSockets(close),
  "emitter-server-side-emit": async (nsp, socket, ...args) => void emitter.of(nsp.name).serverSideEmit(...args),
};

function serve(nsp) {
  nsp.on("connection", (socket) => {
    for (const [event, act] of Object.entries({ ...operations, ...moreOperations }))
      socket.on(event, async (...args) => {
        const done = typeof args.at(-1) === "function" ? args.pop() : () => {};
        const result = await act(nsp, socket, ...args);
        result === undefined ? done() : done(result);
      });
  });
  nsp.on("notify", (...args) => nsp.local.emit("sse", "notify", ...args));
  nsp.on("ask", (...args) => {
    const done = typeof args.at(-1) === "function" ? args.pop() : () => {};
    nsp.local.emit("sse", "ask", ...args);
    done({ from: name, args });
  });
}

// For the classic adapter alone: npm has no other.
const emitter = new Emitter(await createClient({ url }).connect());
const http = createServer();
const recovery = kind.endsWith("recovery") ? { connectionStateRecovery: {} } : {};
const io = new Server(http, { adapter: await makeAdapter(), ...recovery });
serve(io.of("/"));
serve(io.of("/chat"));
await once(http.listen(0, "localhost"), "listening");
console.log(JSON.stringify({ ready: true, port: http.address().port, pid: process.pid }));
