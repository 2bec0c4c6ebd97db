// Behind nginx and HAProxy, with the configurations of deploy/.
import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent as HttpAgent } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { after, afterEach, before, describe, it } from "node:test";
import { io } from "socket.io-client";
import { startFixture } from "./support/fixture.mjs";
import { eventually } from "./support/programs.mjs";
import { proxies, startProxy } from "./support/proxies.mjs";
import { transports } from "./support/socketio_clients.mjs";

const sockets = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

async function connect(url, options) {
  const socket = io(url, { forceNew: true, reconnection: false, ...options });
  sockets.push(socket);
  await Promise.race([
    once(socket, "connect"),
    once(socket, "connect_error").then(([error]) => Promise.reject(new Error(`${error.message}: ${error.description}`))),
  ]);
  return socket;
}

const ask = (socket, ...event) => socket.timeout(10_000).emitWithAck(...event);
const from = (localAddress) => ({ agent: new HttpAgent({ localAddress }) });

async function upgraded({ io: { engine } }) {
  if (engine.transport.name !== "websocket") await once(engine, "upgrade");
}

const serverOf = (socket) => ask(socket, "process");

// A GET over HTTP/2, or a CONNECT that asks for a WebSocket: the status, and what comes first.
async function askByHttp2(url, ca, headers) {
  const session = connectHttp2(url, { ca });
  const stream = session.request(headers, { endStream: headers[":method"] !== "CONNECT" });
  const [{ ":status": status }] = await once(stream, "response");
  assert.equal(session.alpnProtocol, "h2");
  const [first] = await once(stream, "data");
  session.destroy();
  return { status, first: first.toString("latin1") };
}

for (const kind of Object.keys(proxies)) {
  const { timeouts, sticky, notSticky, websocketOverHttp2 } = proxies[kind];

  // A group of tests with so many servers behind a proxy of their own, which at first may know less than all.
  const behind = (title, count, { options = [], known = count, ...proxyOptions }, tests) =>
    describe(`${kind}, ${title}`, { timeout: 60_000 }, () => {
      const stage = {};
      before(async () => {
        const begun = Array.from({ length: count }, () => startFixture("scenario", "--threads", "2", ...options));
        stage.servers = await Promise.all(begun);
        stage.proxy = await startProxy(kind, stage.servers.slice(0, known), proxyOptions);
      });
      after(async () => {
        await stage.proxy?.stop();
        for (const server of stage.servers) assert.equal(await server.stop(), 0);
      });
      tests(stage);
    });

  behind("one server", 1, {}, (stage) => {
    for (const [way, options] of Object.entries(transports))
      for (const scheme of ["HTTP", "TLS"])
        it(`passes ${way} over ${scheme}`, async () => {
          const { url, tlsUrl, certificate } = stage.proxy;
          const socket = await (scheme === "TLS" ? connect(tlsUrl, { ca: certificate, ...options }) : connect(url, options));
          if (way === "upgrade") await upgraded(socket);
          assert.equal(await ask(socket, "transport"), way === "polling" ? "polling" : "websocket");
          const large = [Buffer.alloc(700_000, "sockeye"), "ключ", { x: "y".repeat(70_000) }];
          assert.deepEqual(await ask(socket, "echo", large), large);
          const { headers } = await ask(socket, "handshake");
          assert.equal(headers["x-forwarded-proto"], scheme === "TLS" ? "https" : "http");
        });

    it("passes polling over HTTP/2", async () => {
      const path = "/socket.io/?EIO=4&transport=polling";
      const answer = await askByHttp2(stage.proxy.tlsUrl, stage.proxy.certificate, { ":path": path });
      assert.equal(answer.status, 200);
      assert.match(answer.first, /^0\{"sid":/);
    });

    if (websocketOverHttp2)
      it("passes a WebSocket over HTTP/2", async () => {
        const answer = await askByHttp2(stage.proxy.tlsUrl, stage.proxy.certificate, {
          ":method": "CONNECT",
          ":protocol": "websocket",
          ":path": "/socket.io/?EIO=4&transport=websocket",
          "sec-websocket-version": "13",
        });
        assert.equal(answer.status, 200);
        assert.match(answer.first, /^\x81.*0\{"sid":/s);
      });

    for (const [way, options] of Object.entries(transports))
      it(`tells the client's address, whatever the client says, over ${way}`, async () => {
        const extraHeaders = { "X-Forwarded-For": "192.0.2.1" };
        const socket = await connect(stage.proxy.url, { extraHeaders, ...from("127.0.0.9"), ...options });
        const { headers } = await ask(socket, "handshake");
        assert.equal(headers["x-forwarded-for"], "127.0.0.9");
      });

    it("does not let polling clients notice a reload", async () => {
      const socket = await connect(stage.proxy.url, { transports: ["polling"] });
      const { oldHaveEnded } = await stage.proxy.reload(stage.servers);
      await eventually(async () => {
        await ask(socket, "echo", 1);
        return oldHaveEnded();
      });
      assert.equal(await ask(socket, "echo", 2), 2);
      assert.ok(socket.connected);
    });
  });

  for (const [way, options] of Object.entries({ polling: transports.polling, WebSocket: transports.WebSocket })) {
    const heartbeat = ["--ping-interval", "300", "--ping-timeout", "10000"];
    behind(`${way} with heartbeats within its time-outs`, 1, { options: heartbeat, changes: timeouts("1s") }, (stage) => {
      it("keeps a connection on which nothing else is said", async () => {
        const socket = await connect(stage.proxy.url, options);
        let pings = 0;
        socket.io.engine.on("packet", ({ type }) => (pings += type === "ping"));
        await eventually(() => pings === 8 || !socket.connected);
        assert.ok(socket.connected);
        assert.equal(await ask(socket, "echo", "still"), "still");
      });
    });

    behind(`${way} with heartbeats beyond its time-outs`, 1, { changes: timeouts("1s") }, (stage) => {
      it("cuts it, which is heard on both sides", async () => {
        const watcher = await connect(stage.servers[0].url, transports.WebSocket);
        await ask(watcher, "join", ["watch idle"]);
        const gone = way === "WebSocket" && once(watcher, "gone");
        const socket = await connect(stage.proxy.url, { query: { tag: "idle" }, ...options });
        const [reason] = await once(socket, "disconnect");
        assert.equal(reason, way === "WebSocket" ? "transport close" : "transport error");
        if (gone) assert.equal((await gone)[1], "transport close");
      });
    });
  }

  const spreadsWebSockets = (stage) =>
    it("spreads WebSockets over both, also those of one address", async () => {
      const clients = await Promise.all(
        Array.from({ length: 12 }, async () => serverOf(await connect(stage.proxy.url, transports.WebSocket))),
      );
      assert.deepEqual(new Set(clients), new Set(stage.servers.map(({ pid }) => pid)));
    });

  for (const [by, changes] of Object.entries(sticky))
    behind(`two servers, by ${by}`, 2, { changes }, (stage) => {
      for (const way of ["polling", "upgrade"])
        it(`brings each client's requests to one of them, and clients to both, ${way}`, async () => {
          const clients = await Promise.all(
            // So many that no hash brings all of them to one.
            Array.from({ length: 40 }, async (_, i) => {
              const byAddress = by === "a cookie" ? { withCredentials: true } : from(`127.0.0.${10 + i}`);
              const socket = await connect(stage.proxy.url, { ...byAddress, ...transports[way] });
              const first = await serverOf(socket);
              if (way === "upgrade") await upgraded(socket);
              for (let n = 0; n < 5; ++n) assert.equal(await serverOf(socket), first);
              return first;
            }),
          );
          assert.deepEqual(new Set(clients), new Set(stage.servers.map(({ pid }) => pid)));
        });

      spreadsWebSockets(stage);
    });

  behind("two servers, not sticky", 2, { changes: notSticky }, (stage) => {
    spreadsWebSockets(stage);

    it("loses the sessions of clients that poll", async () => {
      const attempt = () => connect(stage.proxy.url, transports.polling).then(async (s) => once(s, "disconnect"));
      await assert.rejects(Promise.all(Array.from({ length: 12 }, attempt)), /xhr p.* error: 400/);
    });
  });

  // From the first server to the second.
  const moved = async ({ proxy, servers: [, second] }) => {
    const arrives = async () => {
      const socket = await connect(proxy.url, transports.WebSocket);
      const server = await serverOf(socket);
      socket.close();
      return server === second.pid;
    };
    const waiting = await proxy.reload([second]);
    await eventually(arrives);
    return waiting;
  };

  behind("a reload with time for the old process", 2, { known: 1 }, (stage) => {
    it("leaves WebSockets where they are, and brings new ones to the new server", async () => {
      const socket = await connect(stage.proxy.url, transports.WebSocket);
      const { id } = socket;
      const { oldHaveEnded } = await moved(stage);
      assert.equal(await serverOf(socket), stage.servers[0].pid);
      assert.equal(socket.id, id);
      socket.close();
      await eventually(oldHaveEnded);
    });
  });

  behind("a reload with little time for the old process", 2, { known: 1, drain: "500ms" }, (stage) => {
    it("has clients reconnect to the new server", async () => {
      const reconnection = { reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 20 };
      const socket = await connect(stage.proxy.url, { ...reconnection, ...transports.WebSocket });
      const [[reason]] = await Promise.all([once(socket, "disconnect"), moved(stage)]);
      assert.equal(reason, "transport close");
      if (!socket.connected) await once(socket, "connect");
      assert.equal(await serverOf(socket), stage.servers[1].pid);
    });
  });
}
