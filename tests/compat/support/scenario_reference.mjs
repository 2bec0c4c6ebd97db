// The server of fixture/scenario.cpp on npm's socket.io: what the scenarios' transcripts are compared with. In a worker,
// because the timers of its sessions would outlive the tests by half a minute.
import { createServer } from "node:http";
import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Server } from "socket.io";
import * as msgpack from "socket.io-msgpack-parser";

// `kind`: { msgpack, recovery, options }, all optional; the last are those of `socket.io`.
export async function startScenarioReference(kind) {
  const worker = new Worker(new URL(import.meta.url), { workerData: kind });
  const [port] = await once(worker, "message");
  return { url: `http://localhost:${port}`, stop: () => worker.terminate() };
}

function guard(socket, next) {
  const { token } = socket.handshake.auth;
  if (token === "secret") return next();
  const refusal = new Error(token === "old" ? "expired" : "not you");
  if (token === "old") refusal.data = { code: 7, since: [1, "two"] };
  next(refusal);
}

function otherRooms(socket) {
  return [...socket.rooms].filter((room) => room !== socket.id).sort();
}

function serve(io, socket) {
  const { auth, query } = socket.handshake;
  const { token = null } = query;
  socket.emit("welcome", { namespace: socket.nsp.name, auth, token, recovered: socket.recovered });
  answer(socket);
  ask(socket);
  handleRooms(socket);
  end(io, socket);
}

function answer(socket) {
  socket.on("echo", (...args) => {
    const reply = args.at(-1);
    if (typeof reply === "function") reply(...args.slice(0, -1));
    else socket.emit("echo", ...args);
  });
  socket.on("never", () => {});
  socket.on("twice", (reply) => {
    reply("first");
    reply("second");
  });
  socket.on("volatile", (any) => socket.volatile.emit("volatile", any));
  socket.on("transport", (reply) => reply(socket.conn.transport.name));
  socket.on("handshake", (reply) => reply(socket.handshake));
  socket.on("process", (reply) => reply(process.pid));
}

function ask(socket) {
  socket.on("ask", (any) => {
    socket.emit("question", any, (first = null, second = null) => socket.emit("answer", first, second));
  });
  socket.on("ask-in-time", (milliseconds) => {
    socket.timeout(milliseconds).emit("question", "quick", (error, first) => {
      error ? socket.emit("no answer", error.message) : socket.emit("answer", first);
    });
  });
}

function handleRooms(socket) {
  const { nsp } = socket;
  socket.on("join", (rooms, done) => {
    socket.join(rooms);
    done();
  });
  socket.on("leave", (room, done) => {
    socket.leave(room);
    done();
  });
  socket.on("rooms", (reply) => reply(otherRooms(socket)));
  socket.on("cast", (room, any) => nsp.to(room).emit("cast", any));
  socket.on("cast-others", (room, any) => socket.to(room).emit("cast", any));
  socket.on("cast-except", (room, except, any) => nsp.to(room).except(except).emit("cast", any));
  socket.on("cast-ask", (room) => {
    nsp.to(room).timeout(5000).emit("question", "all", (error, answers) => {
      socket.emit("answers", error?.message ?? "", answers.sort());
    });
  });
}

// Tells the room of those who watch this client what becomes of it.
function end(io, socket) {
  const { tag } = socket.handshake.query;
  const tell = (event, reason) => {
    if (tag) io.to(`watch ${tag}`).emit(event, socket.nsp.name, reason, otherRooms(socket));
  };
  socket.on("disconnecting", (reason) => tell("going", reason));
  socket.on("disconnect", (reason) => tell("gone", reason));
  socket.on("kick", (close) => socket.disconnect(close));
  socket.on("cut", () => socket.conn.close());
}

async function listen(kind) {
  const http = createServer((request, response) => response.writeHead(404).end());
  const io = new Server(http, {
    allowEIO3: true,
    serveClient: false,
    ...(kind.msgpack && { parser: msgpack.default ?? msgpack }),
    ...(kind.recovery && { connectionStateRecovery: {} }),
    ...kind.options,
  });
  io.of("/guarded").use(guard);
  for (const name of ["/", "/chat", "/guarded", /^\/dynamic-\d+$/])
    io.of(name).on("connection", (socket) => serve(io, socket));
  await once(http.listen(0, "localhost"), "listening");
  return http.address().port;
}

if (!isMainThread) parentPort.postMessage(await listen(workerData));
