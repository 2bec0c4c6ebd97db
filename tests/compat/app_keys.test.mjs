// A program in Node and the standalone server on one Redis: each writes keys and channels that the other reads.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, beforeEach, describe, it } from "node:test";
import { io } from "socket.io-client";
import { hasApp, startApp } from "./support/fixture.mjs";
import { eventually } from "./support/programs.mjs";
import { startRedis } from "./support/redis.mjs";

const skip = !hasApp && "the server is not built";
const day = 24 * 60 * 60;

describe("what a program in Node shares with the standalone server", { skip, timeout: 60_000 }, () => {
  let redis, channels, server, ann;
  const ask = (event, request = {}) => ann.timeout(10_000).emitWithAck(event, request);
  const heard = [];

  before(async () => {
    redis = await startRedis();
    channels = await redis.client.duplicate().connect();
    server = await startApp("--redis-url", redis.url, "--node-id", "ours", "--log-level", "error");
    ann = io(server.url, { forceNew: true });
    ann.onAny((event, told) => heard.push({ event, ...told }));
    await once(ann, "connect");
    assert.ok((await ask("register", { userId: "ann" })).ok);
  });
  beforeEach(() => (heard.length = 0));
  after(async () => {
    ann?.disconnect();
    channels?.destroy();
    assert.equal(await server?.stop(), 0);
    await redis?.stop();
  });
  const listen = async (channel) => {
    const published = [];
    await channels.subscribe(channel, (text) => published.push(JSON.parse(text)));
    return published;
  };
  const livesFor = async (key, seconds) => {
    const left = await redis.client.ttl(key);
    assert.ok(left <= seconds && left > seconds - 30, `${key} lives for ${left} s`);
  };

  it("presence: who is online, who is in a room, and by which socket", async () => {
    assert.ok((await ask("presence:join", { roomId: "hall" })).ok);
    assert.deepEqual(await redis.client.sMembers("presence:online"), ["ann"]);
    assert.deepEqual(await redis.client.sMembers("room:hall:users"), ["ann"]);
    assert.equal(await redis.client.get("user:ann:socket"), ann.id);
    await redis.client.multi().sAdd("presence:online", "nora").sAdd("room:hall:users", "nora").set("user:nora:socket", "n1").exec();
    const { users, count } = await ask("presence:list", { roomId: "hall" });
    assert.deepEqual([users.sort(), count], [["ann", "nora"], 2]);
    const { online, socketId } = await ask("user:status", { userId: "nora" });
    assert.deepEqual([online, socketId], [true, "n1"]);
  });

  it("rooms: the server's documents are read and changed, and the server keeps what it does not know", async () => {
    assert.ok((await ask("room:join", { roomId: "ours", metadata: { name: "Ann" } })).ok);
    await livesFor("room:ours", day);
    const room = JSON.parse(await redis.client.get("room:ours"));
    assert.deepEqual([room.participants[0].userId, room.participants[0].metadata], ["ann", { name: "Ann" }]);
    room.participants.push({ userId: "nora", joinedAt: Date.now(), metadata: {}, sharing: false });
    room.topic = "jazz";
    await redis.client.set("room:ours", JSON.stringify(room), { EX: day });
    const shared = await ask("room:share", { roomId: "ours", sharing: true });
    assert.deepEqual(shared.room.participants.map(({ userId }) => userId), ["ann", "nora"]);
    const after = JSON.parse(await redis.client.get("room:ours"));
    assert.deepEqual([after.topic, after.sharing], ["jazz", ["ann"]]);
  });

  it("rooms: two programs that change one at once lose nothing", async () => {
    const add = async (userId) => {
      const own = await redis.client.duplicate().connect();
      for (let done = null; done === null; ) {
        await own.watch("room:race");
        const text = await own.get("room:race");
        const room = text ? JSON.parse(text) : { roomId: "race", participants: [] };
        room.participants.push({ userId, joinedAt: Date.now(), metadata: {} });
        done = await own.multi().set("room:race", JSON.stringify(room), { EX: day }).exec().catch(() => null);
      }
      own.destroy();
    };
    const ours = Array.from({ length: 20 }, (_, i) => ask("room:join", { roomId: "race", metadata: { i } }));
    const theirs = Array.from({ length: 8 }, (_, i) => add(`node ${i}`));
    await Promise.all(theirs);
    const answers = await Promise.all(ours);
    assert.ok(answers.every(({ ok, error }) => ok || error.code === "CONFLICT"), JSON.stringify(answers.map(({ error }) => error)));
    const { participants } = JSON.parse(await redis.client.get("room:race"));
    const expected = ["ann", ...Array.from({ length: 8 }, (_, i) => `node ${i}`)];
    assert.deepEqual(participants.map(({ userId }) => userId).sort(), expected.sort());
  });

  it("sessions: a session of the server's is found, and its channel heard", async () => {
    const { sessionId, code } = await ask("session:create", { sourceLang: "en" });
    assert.equal(await redis.client.get(`session:code:${code}`), sessionId);
    const meta = await redis.client.hGetAll(`session:meta:${sessionId}`);
    assert.deepEqual([meta.hostNodeId, meta.sourceLang, meta.status], ["ours", "en", "active"]);
    assert.equal(await redis.client.get(`session:host:${sessionId}:heartbeat`), "1");
    await livesFor(`session:code:${code}`, day);
    await livesFor(`session:meta:${sessionId}`, day);
    await livesFor(`session:host:${sessionId}:heartbeat`, 60);
    const published = await listen(`channel:session:${sessionId}`);
    for (const text of ["one", "two"]) assert.ok((await ask("session:publish", { sessionId, type: "line", data: { text } })).ok);
    await eventually(() => published.length === 2);
    assert.deepEqual(published.map(({ seq, type, data }) => [seq, type, data.text]), [[1, "line", "one"], [2, "line", "two"]]);
    assert.ok((await ask("session:close", { sessionId })).ok);
    assert.equal(await redis.client.hGet(`session:meta:${sessionId}`, "status"), "ended");
    assert.equal(await redis.client.exists(`session:host:${sessionId}:heartbeat`), 0);
  });

  it("sessions: listeners of the server hear a host in Node, and that it has gone", async () => {
    const sessionId = "in-node";
    const meta = { hostNodeId: "theirs", sourceLang: "de", createdAt: `${Date.now()}`, status: "active" };
    await redis.client.multi().set("session:code:NDE234", sessionId, { EX: day }).hSet(`session:meta:${sessionId}`, meta)
      .expire(`session:meta:${sessionId}`, day).set(`session:host:${sessionId}:heartbeat`, "1", { EX: 60 }).exec();
    const joined = await ask("session:join", { code: "NDE234" });
    assert.deepEqual([joined.sessionId, joined.meta.hostNodeId, joined.meta.sourceLang], [sessionId, "theirs", "de"]);
    for (const seq of [1, 2, 2, 3])
      await redis.client.publish(`channel:session:${sessionId}`,
        JSON.stringify({ sessionId, seq, type: "line", data: { seq }, timestamp: Date.now() }));
    const events = () => heard.filter(({ event }) => event === "session:event");
    await eventually(() => events().length === 3);
    assert.deepEqual(events().map(({ seq, data }) => [seq, data.seq]), [[1, 1], [2, 2], [3, 3]]);
    await redis.client.del(`session:host:${sessionId}:heartbeat`);
    const { error } = await ask("session:join", { sessionId });
    assert.equal(error.code, "HOST_OFFLINE");
    await eventually(() => heard.some(({ event }) => event === "session:ended"));
  });

  it("the clock: what the server plays is read and heard", async () => {
    const sessionId = "band";
    const ticks = await listen(`tick:${sessionId}`);
    assert.ok((await ask("clock:join", { sessionId })).ok);
    assert.ok((await ask("clock:start", { sessionId, tempo: 90, positionMs: 500 })).ok);
    const timing = await redis.client.hGetAll(`timing:${sessionId}`);
    assert.deepEqual([timing.tempo, timing.isPlaying], ["90", "true"]);
    await livesFor(`session:${sessionId}`, 3600);
    await livesFor(`timing:${sessionId}`, 3600);
    await eventually(() => ticks.length >= 3);
    const [first, second] = ticks;
    assert.equal(second.positionMs - first.positionMs, 100);
    const position = Number(timing.position) + first.timestamp - Number(timing.startTime);
    assert.equal(first.positionMs, position);
    assert.ok((await ask("clock:stop", { sessionId })).ok);
    assert.equal(await redis.client.hGet(`timing:${sessionId}`, "isPlaying"), "false");
  });

  it("the clock: what a program in Node has written is where the server goes on", async () => {
    const sessionId = "theirs";
    await redis.client.hSet(`session:${sessionId}`, { lastActivity: `${Date.now()}` });
    await redis.client.hSet(`timing:${sessionId}`, { startTime: `${Date.now()}`, tempo: "75", isPlaying: "false", position: "4200" });
    const { clock } = await ask("clock:join", { sessionId });
    assert.deepEqual([clock.isPlaying, clock.tempo, clock.positionMs], [false, 75, 4200]);
  });

  it("limits: the events that were counted elsewhere count", async () => {
    const [key] = await redis.client.keys("ratelimit:ip:*");
    const [counted, left] = [Number(await redis.client.get(key)), await redis.client.ttl(key)];
    assert.ok(counted > 10 && left > 0 && left <= 60, `${counted} for ${left} s`);
    await redis.client.set(key, 6000, { KEEPTTL: true });
    assert.equal((await ask("whoami")).error.code, "RATE_LIMITED");
  });
});
