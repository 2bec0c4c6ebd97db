// What the standalone server keeps in its event log: sessions and rooms with history, transcripts, and the database being away.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { io } from "socket.io-client";
import { hasApp, startApp } from "./support/fixture.mjs";
import { startPostgres } from "./support/postgres.mjs";
import { eventually } from "./support/programs.mjs";
import { startRedis } from "./support/redis.mjs";

const skip = !hasApp && "the server is not built";
const key = "the-key";
const withKey = { headers: { authorization: `Bearer ${key}` } };
const upTo = (last) => Array.from({ length: last }, (_, i) => i + 1);

const startInstance = async (t, ...options) => {
  const server = await startApp("--api-keys", key, "--log-level", "error", "--events-per-user", 0, "--events-per-ip", 0, ...options);
  t.after(() => server.stop());
  await eventually(async () => (await fetch(`${server.url}/readyz`)).ok);
  return server;
};

// Two instances, with one Redis and one database.
const startCluster = async (t) => {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  t.after(() => Promise.all([redis.stop(), postgres.stop()]));
  const instances = [];
  for (const name of ["a", "b"])
    instances.push(await startInstance(t, "--node-id", name, "--redis-url", redis.url, "--database-url", postgres.url, "--session-history",
      "--room-history", "chat-*"));
  return { redis, postgres, instances };
};

const enter = async (t, { url }, userId) => {
  const socket = io(url, { forceNew: true, reconnection: false, transports: ["websocket"] });
  t.after(() => socket.disconnect());
  await once(socket, "connect");
  const ask = async (event, request = {}) => {
    const answer = await socket.timeout(20_000).emitWithAck(event, request);
    if (!answer.ok) throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
    return answer;
  };
  await ask("register", { userId });
  return { socket, ask };
};

// As a client does that has been told that something is missing.
const readAll = async (ask, event, of, after = 0) => {
  const all = [];
  for (;;) {
    const { events } = await ask(event, { ...of, after });
    if (events.length === 0) return all;
    all.push(...events);
    after = events.at(-1).seq;
  }
};

describe("sessions with history", { skip, timeout: 180_000 }, () => {
  it("give late listeners what is past the window, at any instance, and a transcript", async (t) => {
    const { instances: [a, b] } = await startCluster(t);
    const host = await enter(t, a, "host");
    const { sessionId, code } = await host.ask("session:create", { sourceLang: "de", history: true });
    const count = 600; // of which 500 are kept at hand
    const publish = (n) => host.ask("session:publish", { sessionId, type: "said", data: { n } });
    const seqs = [];
    for (let n = 1; n < count; n += 100) // as many at a time as may wait
      for (const { seq } of await Promise.all(upTo(100).map((i) => publish(n + i - 1)))) seqs.push(seq);
    assert.deepEqual(seqs, upTo(count));

    const late = await enter(t, b, "late");
    const heard = [];
    late.socket.on("session:event", (event) => heard.push(event));
    const joined = await late.ask("session:join", { code, lastSeq: 0 });
    assert.equal(joined.complete, false);
    assert.equal(joined.meta.history, true);
    const missed = await readAll(late.ask, "session:history", { sessionId });
    assert.deepEqual(missed.map(({ seq }) => seq), upTo(count));
    assert.deepEqual(missed.map(({ data }) => data.n), upTo(count));
    assert.equal(missed[0].type, "said");
    await host.ask("session:publish", { sessionId, type: "last", data: null });
    await eventually(() => heard.at(-1)?.type === "last");
    assert.deepEqual([heard[0].seq, heard.length], [count + 1, 1]);

    await host.ask("session:close", { sessionId });
    assert.equal((await readAll(late.ask, "session:history", { sessionId }, count)).at(-1).type, "session:ended");
    const response = await fetch(`${b.url}/api/sessions/${sessionId}/transcript`, withKey);
    const lines = (await response.text()).trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(lines.map((line) => line.sequence_number), upTo(count + 2));
    assert.equal(lines[0].user_id, "host");
    assert.equal((await fetch(`${b.url}/api/sessions/${sessionId}/transcript`)).status, 401);
  });

  it("go on when the host's instance is killed, without a number given twice", async (t) => {
    const { instances: [a, b] } = await startCluster(t);
    const host = await enter(t, a, "host");
    const { sessionId } = await host.ask("session:create", { history: true });
    const acknowledged = [];
    const publishing = (async () => {
      for (let n = 1; ; ++n) acknowledged.push({ n, seq: (await host.ask("session:publish", { sessionId, type: "said", data: { n } })).seq });
    })().catch(() => {}); // when it is killed
    await eventually(() => acknowledged.length > 50);
    await a.kill();
    host.socket.disconnect();
    const again = await enter(t, b, "host");
    await again.ask("session:resume", { sessionId });
    await again.ask("session:publish", { sessionId, type: "said", data: { n: "again" } });
    const logged = await readAll(again.ask, "session:history", { sessionId });
    assert.deepEqual(logged.map(({ seq }) => seq), upTo(logged.length));
    for (const { n, seq } of acknowledged) assert.equal(logged[seq - 1].data.n, n);
    assert.equal(logged.at(-1).data.n, "again");
    void publishing;
  });

  it("are refused where the operator has not allowed them, and have no history without asking", async (t) => {
    const plain = await enter(t, await startInstance(t), "host");
    await assert.rejects(plain.ask("session:create", { history: true }), { code: "FORBIDDEN" });
    await assert.rejects(plain.ask("session:create", { history: "true" }), { code: "BAD_REQUEST" });
    const { sessionId } = await plain.ask("session:create", { history: false });
    await plain.ask("session:publish", { sessionId, type: "said", data: 1 });
    assert.deepEqual(await readAll(plain.ask, "session:history", { sessionId }), []);
  });
});

describe("rooms with history", { skip, timeout: 180_000 }, () => {
  it("number messages without a gap, whichever instance they are sent at", async (t) => {
    const { instances } = await startCluster(t);
    const roomId = "chat-1";
    const users = await Promise.all(instances.map((instance, i) => enter(t, instance, `user${i}`)));
    const heard = users.map(() => []);
    for (const [i, { ask, socket }] of users.entries()) {
      socket.on("room:message", (message) => heard[i].push(message));
      await ask("presence:join", { roomId });
    }
    const each = 100;
    const seqs = await Promise.all(users.flatMap(({ ask }) => upTo(each).map(async (n) => (await ask("room:send", { roomId, data: { n } })).seq)));
    assert.deepEqual(seqs.sort((x, y) => x - y), upTo(2 * each));
    await eventually(() => heard.every((all) => all.length === each));
    const history = await readAll(users[0].ask, "room:history", { roomId });
    assert.deepEqual(history.map(({ seq }) => seq), upTo(2 * each));
    for (const message of heard.flat()) {
      const { from, data, event, timestamp } = history[message.seq - 1];
      assert.deepEqual({ ...message }, { roomId, from, seq: message.seq, timestamp, data });
      assert.equal(event, "room:message");
    }
    const other = await enter(t, instances[0], "other");
    await assert.rejects(other.ask("room:history", { roomId }), { code: "FORBIDDEN" });
    const { events } = await users[1].ask("room:history", { roomId, after: 5, limit: 2 });
    assert.deepEqual(events.map(({ seq }) => seq), [6, 7]);
    await assert.rejects(users[1].ask("room:history", { roomId, limit: 0 }), { code: "BAD_REQUEST" });
  });

  it("are those that the operator names", async (t) => {
    const { ask } = await enter(t, await startInstance(t, "--room-history", "chat-*,lobby"), "ann");
    for (const [roomId, kept] of [["chat-x", true], ["lobby", true], ["lobby2", false], ["chat", false]]) {
      await ask("presence:join", { roomId });
      assert.equal((await ask("room:send", { roomId, data: 1 })).seq, kept ? 1 : undefined);
      assert.equal((await ask("room:history", { roomId })).events.length, kept ? 1 : 0);
    }
    await assert.rejects(ask("room:send", { roomId: "lobby", data: "x".repeat(600_000) }), { code: "BAD_REQUEST" });
  });

  it("say so while the database is away, and go on when it is back", async (t) => {
    const { postgres, instances: [a] } = await startCluster(t);
    const { ask } = await enter(t, a, "ann");
    for (const roomId of ["chat-1", "other"]) await ask("presence:join", { roomId });
    assert.equal((await ask("room:send", { roomId: "chat-1", data: 1 })).seq, 1);
    await postgres.kill();
    const waiting = ask("room:send", { roomId: "chat-1", data: 2 });
    await eventually(async () => (await fetch(`${a.url}/readyz`)).status === 503);
    assert.match(await (await fetch(`${a.url}/metrics`)).text(), /sockeye_event_log_ready 0\n/);
    await ask("room:send", { roomId: "other", data: 1 }); // what needs no log goes on
    await assert.rejects(ask("room:history", { roomId: "chat-1" }), { code: "UNAVAILABLE" });
    await postgres.start();
    assert.equal((await waiting).seq, 2);
    await eventually(async () => (await fetch(`${a.url}/readyz`)).ok);
  });
});

describe("the log of a single server", { skip, timeout: 60_000 }, () => {
  it("is in a file that outlives it", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "sockeye-log-"));
    t.after(() => rm(folder, { recursive: true }));
    const options = ["--event-log-file", join(folder, "log.db"), "--room-history", "*"];
    const first = await startInstance(t, ...options);
    const ann = await enter(t, first, "ann");
    await ann.ask("presence:join", { roomId: "r" });
    for (const n of upTo(10)) await ann.ask("room:send", { roomId: "r", data: n });
    await first.kill();
    const ben = await enter(t, await startInstance(t, ...options), "ben");
    await ben.ask("presence:join", { roomId: "r" });
    const history = await readAll(ben.ask, "room:history", { roomId: "r" });
    assert.deepEqual(history.map(({ data }) => data), upTo(10));
    assert.equal((await ben.ask("room:send", { roomId: "r", data: 11 })).seq, 11);
  });

  it("adds up what users have used", async (t) => {
    const server = await startInstance(t);
    const add = (amount) => fetch(`${server.url}/api/usage/ann`, { method: "POST", ...withKey, body: JSON.stringify({ counter: "minutes", amount }) });
    for (const amount of [3, 4]) assert.equal((await add(amount)).status, 200);
    const { ask } = await enter(t, server, "ann");
    const { userId, month, totals } = await ask("usage:get");
    assert.deepEqual([userId, totals], ["ann", { minutes: 7 }]);
    assert.deepEqual((await ask("usage:get", { month })).totals, { minutes: 7 });
    assert.deepEqual((await ask("usage:get", { month: "1999-12" })).totals, {});
    await assert.rejects(ask("usage:get", { month: "now" }), { code: "BAD_REQUEST" });
  });
});
