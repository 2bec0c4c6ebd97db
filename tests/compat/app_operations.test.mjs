// The standalone server as operators know it: limits at their edge, SIGHUP, SIGTERM, and the HTTP API from outside.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { io } from "socket.io-client";
import { hasApp, startApp } from "./support/fixture.mjs";
import { eventually } from "./support/programs.mjs";

const skip = !hasApp && "the server is not built";

const connect = async (t, { url }, options = {}) => {
  const socket = io(url, { forceNew: true, reconnection: false, transports: ["websocket"], ...options });
  t.after(() => socket.disconnect());
  await Promise.race([once(socket, "connect"), once(socket, "connect_error").then(([error]) => Promise.reject(error))]);
  return socket;
};
const start = async (t, ...options) => {
  const server = await startApp(...options);
  let ended = null;
  const stop = () => (ended ??= server.stop());
  t.after(stop);
  return { ...server, stop };
};
const ask = (socket, event, request = {}) => socket.timeout(10_000).emitWithAck(event, request);
const connectAs = async (t, server, userId) => {
  const socket = await connect(t, server);
  assert.ok((await ask(socket, "register", { userId })).ok);
  return socket;
};
const handshake = ({ url }) => fetch(`${url}/socket.io/?EIO=4&transport=polling`);
const withKey = (key) => ({ headers: { authorization: `Bearer ${key}` } });

describe("the limits of the standalone server", { skip, timeout: 60_000 }, () => {
  it("refuse the connection after the last that is allowed, with 429 and the time to wait", async (t) => {
    const server = await start(t, "--connections-per-ip", 3);
    for (let i = 0; i < 3; ++i) assert.equal((await handshake(server)).status, 200);
    const refused = await handshake(server);
    assert.equal(refused.status, 429);
    const wait = Number(refused.headers.get("retry-after"));
    assert.ok(wait > 0 && wait <= 900, `${wait}`);
  });

  for (const [whose, flag] of [["an address", "--events-per-ip"], ["a user", "--events-per-user"]])
    it(`refuse the event after the last that is allowed to ${whose}, and say so`, async (t) => {
      const server = await start(t, flag, 5);
      const socket = await connect(t, server);
      assert.ok((await ask(socket, "register", { userId: "ann" })).ok);
      // Registering was an event of the address, and of nobody yet.
      const left = flag === "--events-per-ip" ? 4 : 5;
      for (let i = 0; i < left; ++i) assert.ok((await ask(socket, "whoami")).ok);
      const { ok, error } = await ask(socket, "whoami");
      assert.deepEqual([ok, error.code], [false, "RATE_LIMITED"]);
      assert.ok(error.retryAfterMs > 0 && error.retryAfterMs <= 60_000, `${error.retryAfterMs}`);
      assert.ok(socket.connected);
    });

  it("count a user's events together, whatever connection they come from", async (t) => {
    const server = await start(t, "--events-per-user", 4);
    const sockets = [await connect(t, server), await connect(t, server)];
    for (const socket of sockets) assert.ok((await ask(socket, "register", { userId: "ann" })).ok);
    for (const i of [0, 1, 0, 1]) assert.ok((await ask(sockets[i], "whoami")).ok);
    for (const socket of sockets) assert.equal((await ask(socket, "whoami")).error.code, "RATE_LIMITED");
  });

  it("refuse the HTTP request after the last that is allowed, with a key and without", async (t) => {
    const server = await start(t, "--requests-per-ip", 3, "--api-keys", "key");
    for (const key of ["key", "wrong", "key"])
      assert.equal((await fetch(`${server.url}/api/presence`, withKey(key))).status, key === "key" ? 200 : 401);
    for (const key of ["key", "wrong"]) {
      const refused = await fetch(`${server.url}/api/presence`, withKey(key));
      assert.equal(refused.status, 429);
      assert.equal((await refused.json()).error.code, "RATE_LIMITED");
      assert.ok(Number(refused.headers.get("retry-after")) > 0);
    }
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  });
});

describe("SIGHUP", { skip, timeout: 60_000 }, () => {
  const startWithFile = async (t, text) => {
    const folder = await mkdtemp(join(tmpdir(), "sockeye-config-"));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, "sockeye.toml");
    await writeFile(file, text);
    const server = await start(t, "--config", file);
    const reload = async (changed) => {
      await writeFile(file, changed);
      process.kill(server.pid, "SIGHUP");
    };
    return { server, reload };
  };
  const status = async ({ url }, key) => (await fetch(`${url}/api/presence`, withKey(key))).status;

  it("changes keys and limits, and lets connections be", async (t) => {
    const { server, reload } = await startWithFile(t, 'api_keys = ["old"]\nevents_per_ip = 2\n');
    const socket = await connect(t, server);
    for (const ok of [true, true, false]) assert.equal((await ask(socket, "whoami")).ok, ok);
    assert.deepEqual([await status(server, "old"), await status(server, "new")], [200, 401]);
    await reload('api_keys = ["new"]\nevents_per_ip = 1000\n');
    await eventually(async () => (await status(server, "new")) === 200);
    assert.equal(await status(server, "old"), 401);
    assert.ok((await ask(socket, "whoami")).ok);
    assert.ok(socket.connected);
  });

  it("changes nothing if the file is wrong", async (t) => {
    const { server, reload } = await startWithFile(t, 'api_keys = ["old"]\n');
    await reload('api_keys = ["new"]\nevents_per_ip = "many"\n');
    await eventually(() => server.logged().includes("reload: nothing has changed: "));
    assert.deepEqual([await status(server, "old"), await status(server, "new")], [200, 401]);
    await reload('api_keys = ["newer"]\n');
    await eventually(async () => (await status(server, "newer")) === 200);
  });
});

describe("SIGTERM", { skip, timeout: 60_000 }, () => {
  it("lets clients go one after the other, answers what was asked, and ends well", async (t) => {
    const server = await start(t, "--drain-limit", "4s");
    const sockets = await Promise.all(Array.from({ length: 40 }, () => connect(t, server)));
    const asked = sockets.map((socket, i) => ask(socket, "register", { userId: `user ${i}` }));
    await Promise.all(asked);
    const gone = sockets.map((socket) => once(socket, "disconnect").then(() => Date.now()));
    const begun = Date.now();
    const ended = server.stop();
    const times = await Promise.all(gone);
    assert.equal(await ended, 0);
    assert.ok(Date.now() - begun < 4000);
    // 40 clients, of each thread one in 20 ms.
    assert.ok(Math.max(...times) - Math.min(...times) >= 100, `${Math.max(...times) - Math.min(...times)}`);
  });

  it("takes no new connections meanwhile", async (t) => {
    const server = await start(t, "--drain-limit", "4s");
    await Promise.all(Array.from({ length: 40 }, () => connect(t, server)));
    const ended = server.stop();
    await eventually(() => fetch(server.url).then(() => false, () => true));
    assert.equal(await ended, 0);
  });

  it("that comes twice ends it at once", async (t) => {
    const server = await start(t, "--drain-limit", "20s");
    const socket = await connect(t, server);
    socket.io.engine.transport.ws._socket.pause(); // never answers the close frame
    process.kill(server.pid, "SIGTERM");
    await eventually(() => fetch(server.url).then(() => false, () => true));
    const begun = Date.now();
    assert.equal(await server.stop(), 0);
    assert.ok(Date.now() - begun < 5000, `${Date.now() - begun}`);
  });
});

describe("cases of others", { skip, timeout: 60_000 }, () => {
  it("are not heard by whoever is refused", async (t) => {
    const server = await start(t);
    const [ann, ben, eve] = await Promise.all(["ann", "ben", "eve"].map((userId) => connectAs(t, server, userId)));
    const heard = [];
    eve.onAny((event) => heard.push(event));
    const parties = { plaintiff: "ann", defendant: "ben" };
    assert.ok((await ask(ann, "case:create", { caseId: "x", machine: "court", parties })).ok);
    const hers = { plaintiff: "eve", defendant: "eve" };
    for (const [event, request, code] of [
      ["case:create", { caseId: "x", machine: "court", parties: hers }, "CASE_EXISTS"],
      ["case:create", { caseId: "y", machine: "none", parties: hers }, "MACHINE_NOT_FOUND"],
      ["case:create", { caseId: "y", machine: "court", parties }, "FORBIDDEN"],
      ["case:watch", { caseId: "x" }, "FORBIDDEN"],
    ])
      assert.equal((await ask(eve, event, request)).error.code, code);
    assert.equal((await ask(ann, "case:create", { caseId: "x", machine: "court", parties })).error.code, "CASE_EXISTS");
    const accepted = new Promise((heard) => ann.on("case:transition", (told) => told.move === "accept" && heard(told)));
    assert.ok((await ask(ben, "case:move", { caseId: "x", move: "accept" })).ok);
    assert.equal((await accepted).caseId, "x"); // she hears it still
    await eventually(async () => (await ask(ann, "case:watch", { caseId: "x" })).case.phase === "evidence");
    assert.ok((await ask(eve, "whoami")).ok); // so what was on its way has come
    assert.deepEqual(heard, []);
  });
});
