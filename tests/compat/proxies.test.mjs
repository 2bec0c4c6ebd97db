// Clients reach our servers through nginx and HAProxy, as deploy/ configures them: two servers, TLS ended by the proxy.
import { after, before, describe, test } from "node:test";
import { deepEqual, equal, match } from "node:assert/strict";
import { once } from "node:events";
import { io } from "socket.io-client";
import { startFixture } from "./support/fixture.mjs";
import { eventually } from "./support/cluster.mjs";
import { proxies } from "./support/proxies.mjs";

const transports = {
  "polling, then WebSocket": { transports: ["polling", "websocket"] },
  polling: { transports: ["polling"] },
  WebSocket: { transports: ["websocket"] },
};

for (const [name, startProxy] of Object.entries(proxies))
  describe(`through ${name}`, { timeout: 60_000 }, () => {
    let servers, proxy;
    before(async () => {
      // Its heartbeats come every two seconds.
      servers = await Promise.all([0, 1].map(() => startFixture("sio-client")));
      proxy = await startProxy(servers.map(({ ready }) => ready.port));
    });
    after(async () => {
      await proxy?.stop();
      await Promise.all(servers.map((server) => server.stop()));
    });

    async function connect(options = {}) {
      // Credentials: the cookie by which HAProxy knows a client's server. The certificate is the test's own.
      const manners = { forceNew: true, withCredentials: true, rejectUnauthorized: false, reconnectionDelay: 10 };
      const socket = io(proxy.url, { ...manners, ...options });
      await once(socket, "connect");
      return socket;
    }
    const echo = (socket, what) => socket.timeout(10_000).emitWithAck("echo", what);

    for (const [title, options] of Object.entries(transports))
      test(title, async () => {
        const sockets = await Promise.all(Array.from({ length: 6 }, () => connect(options)));
        const [last] = options.transports.slice(-1);
        for (const socket of sockets) {
          await eventually(() => socket.io.engine.transport.name === last);
          const big = "x".repeat(100_000);
          deepEqual(await echo(socket, { big, bytes: Buffer.from([1, 2]) }), { big, bytes: Buffer.from([1, 2]) });
        }
        for (const socket of sockets) socket.disconnect();
      });

    test("the server knows whom the proxy speaks for", async () => {
      const socket = await connect({ extraHeaders: { "x-forwarded-for": "203.0.113.7" } });
      const { headers, address } = await socket.timeout(10_000).emitWithAck("getHandshake");
      equal(address.replace("::ffff:", ""), "127.0.0.1");
      match(headers["x-forwarded-for"], /127\.0\.0\.1$/);
      equal(headers["x-forwarded-proto"], "https");
      socket.disconnect();
    });

    test("heartbeats keep connections beyond the proxy's time-out", async () => {
      const socket = await connect(transports.WebSocket);
      const reasons = [];
      socket.on("disconnect", (reason) => reasons.push(reason));
      for (let beats = 0; beats < 3; ++beats) await once(socket.io.engine, "ping"); // six seconds; it has three
      equal(await echo(socket, "still here"), "still here");
      deepEqual(reasons, []);
      socket.disconnect();
    });

    test("clients stay connected while the proxy is reloaded, and new ones come", async () => {
      const staying = await connect(transports.WebSocket);
      const reasons = [];
      staying.on("disconnect", (reason) => reasons.push(reason));
      proxy.reload();
      for (let i = 0; i < 20; ++i) {
        const coming = await connect(i % 2 ? transports.polling : transports.WebSocket);
        equal(await echo(coming, i), i);
        equal(await echo(staying, i), i);
        coming.disconnect();
      }
      deepEqual(reasons, []);
      staying.disconnect();
    });

    test("a server that ends takes its clients along, and they come back to the other one", async () => {
      const sockets = await Promise.all(Array.from({ length: 8 }, () => connect(transports.WebSocket)));
      await servers[0].stop();
      for (const socket of sockets) {
        await eventually(() => echo(socket, 1).then(() => true, () => false));
        socket.disconnect();
      }
      servers[0] = { stop() {} };
    });
  });
