// The official clients against the fixture, over every transport.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { clients, connect, ways } from "./support/clients.mjs";
import { startFixture } from "./support/fixture.mjs";

const patient = ["--ping-interval", "25000", "--ping-timeout", "20000"];
const limit = { timeout: 60_000 };

// Server and test for one fixture; `server` is filled in when the tests run.
function against(title, commandLine, tests) {
  describe(title, limit, () => {
    const server = {};
    before(async () => Object.assign(server, await startFixture(...commandLine)));
    after(() => server.stop());
    tests(server);
  });
}

function everyWay(test) {
  for (const client of clients)
    for (const [way, options] of Object.entries(ways)) test(`${client.name} over ${way}`, client, options);
}

against("echo", ["protocol", "--eio3", ...patient], (server) => {
  everyWay((who, { Socket }, options) => {
    it(`${who} gets its texts and bytes back in order`, async () => {
      const { socket, event, received, closed } = connect(Socket, server.url, options);
      await event("open");
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      const sent = ["hello", "a\nb\\n", "5:héllo €😀", Buffer.from(bytes), "end", Buffer.alloc(0)];
      for (const message of sent) socket.send(message);
      const messages = await received(sent.length);
      assert.deepEqual(messages.map(comparable), sent.map(comparable));
      socket.close();
      assert.equal((await closed).reason, "forced close");
    });

    it(`${who} gets 2,000 messages back in order`, async () => {
      const { socket, event, received } = connect(Socket, server.url, options);
      const numbers = Array.from({ length: 2000 }, (_, i) => String(i));
      const upgraded = options.transports.length > 1 ? event("upgrade") : Promise.resolve();
      await event("open");
      await spread(numbers, (number) => socket.send(number));
      assert.deepEqual(await received(numbers.length), numbers);
      await upgraded;
      socket.close();
    });
  });
});

against("a server that ends", ["protocol", "--eio3", ...patient], (server) => {
  it("tells every client", async () => {
    const open = [];
    everyWay((who, { Socket }, options) => open.push({ who, ...connect(Socket, server.url, options) }));
    await Promise.all(open.map(({ event }) => event("open")));
    await new Promise((resolve) => setTimeout(resolve, 300)); // until polls wait and upgrades are done
    assert.equal(await server.stop(), 0);
    for (const { who, closed } of open) assert.equal((await closed).reason, "transport close", who);
  });
});

against("a limit of 100 bytes", ["eio-client", "--eio3"], (server) => {
  it("lets messages of that size through", async () => {
    for (const options of Object.values(ways)) {
      const { socket, event, received } = connect(clients[0].Socket, server.url, options);
      await event("open");
      socket.send("a".repeat(99)); // the packet's type makes it 100
      assert.equal((await received(2))[1].length, 99);
      socket.close();
    }
  });

  everyWay((who, { Socket }, options) => {
    if (options.transports.length > 1) return;
    it(`ends ${who} that sends one byte more`, async () => {
      const { socket, event, closed } = connect(Socket, server.url, options);
      await event("open");
      socket.send("a".repeat(100));
      const { reason } = await closed;
      assert.equal(reason, options.transports[0] === "polling" ? "transport error" : "transport close");
    });
  });

  it("says why: 413 to a POST, 1009 to a WebSocket", async () => {
    const { Socket } = clients[0];
    const polling = connect(Socket, server.url, ways.polling);
    await polling.event("open");
    polling.socket.send("a".repeat(100));
    assert.equal((await polling.closed).detail.description, 413);
    const webSocket = connect(Socket, server.url, ways.WebSocket);
    await webSocket.event("open");
    webSocket.socket.send("a".repeat(100));
    const { code, reason: text } = (await webSocket.closed).detail.context;
    assert.deepEqual([code, text], [1009, ""]);
  });
});

against("a server that refuses", ["eio-client", "--eio3"], (server) => {
  everyWay((who, { Socket }, options) => {
    it(`tells ${who}`, async () => {
      const { event, closed } = connect(Socket, server.url, { ...options, query: { deny: "1" } });
      const error = await event("error");
      assert.equal(error.type, "TransportError");
      if (options.transports[0] === "polling") assert.equal(error.description, 403);
      await closed;
    });
  });
});

against("permessage-deflate", ["protocol", "--eio3", ...patient, "--permessage-deflate"], (server) => {
  for (const { name, Socket } of clients) {
    it(`carries small and large messages of ${name}`, async () => {
      const perMessageDeflate = { threshold: 0 };
      const { socket, event, received } = connect(Socket, server.url, { ...ways.WebSocket, perMessageDeflate });
      await event("open");
      assert.match(extensions(socket.transport.ws), /permessage-deflate/);
      const sent = ["small", "large ".repeat(20_000), Buffer.alloc(70_000, "ab"), "end"];
      for (const message of sent) socket.send(message);
      assert.deepEqual((await received(sent.length)).map(comparable), sent.map(comparable));
      socket.close();
    });
  }
});

function comparable(message) {
  return typeof message === "string" ? message : Buffer.from(message).toString("hex");
}

// ws names what was agreed on as a text or, before version 8, as an object.
function extensions({ extensions }) {
  return typeof extensions === "string" ? extensions : Object.keys(extensions).join();
}

// Calls `act` for each in bursts over some turns of the loop, so that the sending meets every phase of an upgrade.
async function spread(all, act) {
  for (let i = 0; i < all.length; ++i) {
    act(all[i]);
    if (i % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
