// The npm engine.io package as an echo server: node server.js --port N
import { createServer } from "node:http";
import { Server } from "engine.io";

const port = Number(process.argv[process.argv.indexOf("--port") + 1]);

// All options are the package's defaults, written out where the comparison rests on them.
const engine = new Server({
  transports: ["polling", "websocket"],
  perMessageDeflate: false,
  pingInterval: 25000,
});
engine.on("connection", (socket) => {
  socket.on("message", (data) => socket.send(data));
});

const http = createServer();
engine.attach(http);
http.listen({ host: "127.0.0.1", port, backlog: 4096 });
