// The npm packages engine.io, at /engine.io/, and socket.io, at /socket.io/, with the contract of
// ../../server: node server.js --port N [--redis URL]
import { createServer } from "node:http";
import { Server as EngineServer } from "engine.io";
import { Server as SocketServer } from "socket.io";
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";

const argument = (name) => process.argv[process.argv.indexOf(name) + 1];
const port = Number(argument("--port"));
const http = createServer();

// All options are the packages' defaults, written out where the comparison rests on them.
const options = {
  transports: ["polling", "websocket"],
  perMessageDeflate: false,
  pingInterval: 25000,
  destroyUpgrade: false, // not a default: each server leaves the other's WebSockets alone
};

const engine = new EngineServer(options);
engine.on("connection", (socket) => {
  socket.on("message", (data) => socket.send(data));
});
engine.attach(http, options);

async function joinedBy(url) {
  const publisher = await createClient({ url }).connect();
  const subscriber = await publisher.duplicate().connect();
  return createAdapter(publisher, subscriber);
}
const cluster = process.argv.includes("--redis") ? { adapter: await joinedBy(argument("--redis")) } : {};

const io = new SocketServer(http, { ...options, ...cluster });
io.on("connection", (socket) => {
  socket.on("echo", (...args) => args.pop()(...args));
  socket.on("join", (room, ack) => {
    socket.join(room);
    ack(true);
  });
  socket.on("cast", (room, ...args) => io.to(room).emit("cast", ...args));
});

http.listen({ host: "127.0.0.1", port, backlog: 4096 });
