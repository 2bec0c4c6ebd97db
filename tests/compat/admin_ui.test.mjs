// The admin UI: its server side as its front end uses it, and the published front end itself in a browser.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { io } from "socket.io-client";
import * as msgpack from "socket.io-msgpack-parser";
import { hasBrowser, openBrowser } from "./support/browser.mjs";
import { startFixture } from "./support/fixture.mjs";

const require = createRequire(import.meta.url);
const bcrypt = require("bcryptjs");
const credentials = { username: "ann", password: "letmein" };
const account = `ann:${bcrypt.hashSync(credentials.password, 4)}`;

const received = (socket, event, meant = () => true) =>
  new Promise((resolve) => {
    const listener = (...args) => {
      if (!meant(...args)) return;
      socket.off(event, listener);
      resolve(args);
    };
    socket.on(event, listener);
  });

// With the options of the front end.
function connectAdmin(url, options = {}) {
  return io(`${url}/admin`, { forceNew: true, reconnection: false, withCredentials: true, ...options });
}

describe("the admin namespace with a password", () => {
  let fixture;
  const sockets = [];
  const admin = (auth) => {
    const socket = connectAdmin(fixture.url, { auth });
    sockets.push(socket);
    return socket;
  };
  before(async () => (fixture = await startFixture("load", "--threads", "2", "--admin-auth", account)));
  after(async () => {
    for (const socket of sockets) socket.close();
    assert.equal(await fixture.stop(), 0);
  });

  it("refuses who has no credentials, or wrong ones", async () => {
    for (const auth of [{}, { ...credentials, password: "guess" }, { ...credentials, username: "bob" }, { sessionId: "1" }]) {
      const [error] = await received(admin(auth), "connect_error");
      assert.equal(error.message, "invalid credentials");
    }
  });

  it("lets in by password, and then by the session that this gave", async () => {
    const first = admin(credentials);
    const [[sessionId]] = await Promise.all([received(first, "session"), received(first, "connect")]);
    await received(admin({ sessionId }), "connect");
  });
});

for (const [parserName, parserOptions] of Object.entries({ JSON: {}, msgpack: { parser: msgpack.default ?? msgpack } }))
  for (const transports of [["polling", "websocket"], ["websocket"]])
    describe(`the admin namespace over ${transports.join(" and ")}, ${parserName}`, () => {
      let fixture, admin, client, greeting;
      const connect = (options) => io(fixture.url, { forceNew: true, ...parserOptions, ...options });
      before(async () => {
        const options = parserName === "msgpack" ? ["--parser", "msgpack"] : [];
        fixture = await startFixture("load", "--threads", "2", "--admin", ...options);
        admin = connectAdmin(fixture.url, { transports, ...parserOptions });
        greeting = Promise.all(["config", "all_sockets", "server_stats"].map((event) => received(admin, event)));
        await received(admin, "connect");
      });
      after(async () => {
        admin.close();
        client?.close();
        assert.equal(await fixture.stop(), 0);
      });

      it("tells what it can, who is there, and how the server is", async () => {
        const [[config], [sockets], [stats]] = await greeting;
        assert.deepEqual(config.supportedFeatures, ["EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE",
          "MDISCONNECT", "AGGREGATED_EVENTS", "ALL_EVENTS"]);
        assert.deepEqual(sockets.map(({ id, nsp }) => ({ id, nsp })), [{ id: admin.id, nsp: "/admin" }]);
        assert.equal(stats.pid, fixture.pid);
        assert.equal(stats.clientsCount, 1);
      });

      it("tells of a client that comes, upgrades, joins a room and talks", async () => {
        const upgraded = received(admin, "socket_updated", (socket) => socket.nsp === "/");
        const came = received(admin, "socket_connected", (socket) => socket.nsp === "/");
        client = connect();
        const [[socket, time]] = await Promise.all([came, received(client, "connect")]);
        assert.equal(socket.id, client.id);
        assert.deepEqual(socket.rooms, [client.id]);
        assert.equal(new Date(time).toISOString(), time);
        assert.deepEqual((await upgraded)[0], { id: client.id, nsp: "/", transport: "websocket" });

        const joined = received(admin, "room_joined", (nsp, room) => room === "tea");
        const heard = received(admin, "event_received", (nsp, id, [event]) => event === "join");
        await client.emitWithAck("join", "tea");
        assert.deepEqual((await joined).slice(0, 3), ["/", "tea", client.id]);
        assert.deepEqual((await heard).slice(0, 3), ["/", client.id, ["join", "tea"]]);

        const sent = received(admin, "event_sent");
        client.emit("cast", "tea", { one: Buffer.from([1]) });
        assert.deepEqual((await sent).slice(0, 3), ["/", client.id, ["cast", { one: Buffer.from([1]) }]]);
      });

      it("does what the admin commands", async () => {
        const told = received(client, "hello");
        admin.emit("emit", "/", "tea", "hello", 1, "two");
        assert.deepEqual(await told, [1, "two"]);
        const joined = received(admin, "room_joined", (nsp, room) => room === "coffee");
        admin.emit("join", "/", "coffee", client.id);
        await joined;
        const left = received(admin, "room_left", (nsp, room) => room === "coffee");
        admin.emit("leave", "/", "coffee");
        assert.deepEqual((await left).slice(0, 3), ["/", "coffee", client.id]);
        const { id } = client;
        const gone = received(admin, "socket_disconnected");
        const disconnected = received(client, "disconnect");
        admin.emit("_disconnect", "/", false, client.id);
        assert.equal((await disconnected)[0], "io server disconnect");
        assert.deepEqual((await gone).slice(0, 3), ["/", id, "server namespace disconnect"]);
      });
    });

const frontEnd = join(dirname(require.resolve("@socket.io/admin-ui/package.json")), "ui/dist");
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

async function serveFrontEnd() {
  const server = createServer(async (request, response) => {
    const [path] = request.url.split("?");
    const name = path === "/" ? "index.html" : path;
    try {
      const content = await readFile(join(frontEnd, name));
      response.writeHead(200, { "Content-Type": types[extname(name)] ?? "application/octet-stream" }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  return server;
}

describe("the published front end in a browser", { skip: !hasBrowser && "there is no chromium" }, () => {
  let fixture, pages, browser, page, origin;
  before(async () => {
    pages = await serveFrontEnd();
    origin = `http://localhost:${pages.address().port}`;
    fixture = await startFixture("load", "--admin-auth", account, "--allowed-origin", origin);
    browser = await openBrowser();
    page = await browser.tab();
  });
  after(async () => {
    await browser?.close();
    pages.close();
    pages.closeAllConnections();
    assert.equal(await fixture.stop(), 0);
  });
  const shows = (text) => page.until(`document.body?.innerText.includes(${JSON.stringify(text)})`);
  const fill = (label, text) =>
    page.evaluate(`(() => {
      const fields = [...document.querySelectorAll("form .v-text-field")];
      const input = fields.find((field) => field.innerText.startsWith("${label}")).querySelector("input");
      input.value = "${text}";
      input.dispatchEvent(new Event("input"));
    })()`);
  const click = async (selector) => {
    await page.until(`document.querySelector("${selector}")`);
    await page.evaluate(`document.querySelector("${selector}").click()`);
  };

  it("logs in, comes back by its session, shows a client, and disconnects it", async () => {
    const client = io(fixture.url, { forceNew: true });
    await received(client, "connect");
    await page.open(origin);
    await page.until("document.querySelector('form input[type=password]')");
    await fill("Server URL", fixture.url);
    await fill("Username", credentials.username);
    await fill("Password", "guess");
    await click("form button[type=submit]:not([disabled])");
    await shows("Invalid credentials");
    await fill("Password", credentials.password);
    await click("form button[type=submit]:not([disabled])");
    await page.until("localStorage.getItem('session_id')");

    await page.open(`${origin}/?again#/sockets/`);
    await shows(client.id);
    const disconnected = received(client, "disconnect");
    await click("button .mdi-logout");
    assert.equal((await disconnected)[0], "io server disconnect");
  });
});
