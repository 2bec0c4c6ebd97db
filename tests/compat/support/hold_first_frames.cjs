// A preload for the published suite of Engine.IO protocol 3 (docs/compat.md): one of its cases listens for the open
// packet only after the WebSocket's `open` event, so that it misses a packet that arrives together with the handshake's
// answer. This holds each socket's input back for one turn of the loop.
const WebSocket = require(require.resolve("ws", { paths: [process.cwd()] }));

const { setSocket } = WebSocket.prototype;
WebSocket.prototype.setSocket = function (socket, ...others) {
  setSocket.call(this, socket, ...others);
  socket.pause();
  setImmediate(() => socket.resume());
};
