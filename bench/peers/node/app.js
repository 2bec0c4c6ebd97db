// The services that bench/app measures, on npm socket.io with its Redis adapter: the events and the keys are those of
// docs/app-events.md, docs/presence.md and docs/clock.md. What happens only when an instance has died is left out but for
// the clock's, and so are limits: it has less to do.  node app.js --port N --redis URL
import { createServer } from "node:http";
import { randomUUID } from "node:crypto";
import { Server } from "socket.io";
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { servePresence } from "./presence.js";
import { serveClock } from "./clock.js";

const argument = (name) => process.argv[process.argv.indexOf(name) + 1];
const http = createServer();
const redis = await createClient({ url: argument("--redis") }).connect();
const subscriber = await redis.duplicate().connect();

const io = new Server(http, {
  adapter: createAdapter(redis, subscriber),
  transports: ["polling", "websocket"],
  perMessageDeflate: false,
});
const service = { io, redis, node: randomUUID() };
const presence = servePresence(service);
const clock = await serveClock(service);

io.on("connection", (socket) => {
  const serve = (event, handle) =>
    socket.on(event, async (request, done) => {
      try {
        done({ ok: true, ...(await handle(request)) });
      } catch (error) {
        done({ ok: false, error: { code: error.code ?? "INTERNAL", message: error.message } });
      }
    });
  presence(socket, serve);
  clock(socket, serve);
});

http.listen({ host: "127.0.0.1", port: Number(argument("--port")), backlog: 4096 });
