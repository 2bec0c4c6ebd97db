// The official client in its generations, each behind the same few calls.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { Socket: Socket6 } = require("engine.io-client");
const { Socket: Socket5 } = require("engine.io-client-5");
const { Socket: Socket4 } = require("engine.io-client-4");
const Socket3 = require("engine.io-client-3");

export const clients = [
  { name: "engine.io-client 6", Socket: Socket6, revision: 4 },
  { name: "engine.io-client 5", Socket: Socket5, revision: 4 },
  { name: "engine.io-client 4", Socket: Socket4, revision: 4 },
  { name: "engine.io-client 3", Socket: Socket3, revision: 3 },
];

export const ways = {
  polling: { transports: ["polling"] },
  WebSocket: { transports: ["websocket"] },
  upgrade: { transports: ["polling", "websocket"] },
};

// A client that keeps all it is told; `received(n)` waits for n messages.
export function connect(Socket, url, options = {}) {
  const socket = new Socket(url, options);
  const messages = [];
  let wake = () => {};
  socket.on("message", (data) => {
    messages.push(data);
    wake();
  });
  const closed = new Promise((resolve) => socket.on("close", (reason, detail) => resolve({ reason, detail })));
  return {
    socket,
    messages,
    closed,
    event: (name) => new Promise((resolve) => socket.once(name, resolve)),
    async received(count) {
      while (messages.length < count) await new Promise((resolve) => (wake = resolve));
      return messages;
    },
  };
}
