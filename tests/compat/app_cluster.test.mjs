// Three standalone servers and a Redis: what clients are told when one is killed, hangs or is cut off, and when Redis restarts.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lease, startAppCluster } from "./support/app_cluster.mjs";
import { hasApp } from "./support/fixture.mjs";
import { eventually, freeze, thaw } from "./support/programs.mjs";

const skip = !hasApp && "the server is not built";
const roomId = "room";
const passed = (time) => new Promise((done) => setTimeout(done, time));

const start = async (t) => {
  const cluster = await startAppCluster();
  t.after(() => cluster.stop());
  return cluster;
};

// All three are in the room, and know it.
const meetInRoom = async (cluster) => {
  const all = await cluster.meet();
  for (const user of all) assert.ok((await user.ask("presence:join", { roomId })).ok);
  for (const user of all) await user.hears(() => user.changesOf("cat").length === 1);
  for (const user of all) user.heard.length = 0;
  return all;
};
const members = (cluster, key) => cluster.redis.client.sMembers(key).then((names) => names.sort());
const everyone = ["ann", "ben", "cat"];

// What has been told before this is heard, has been heard by now.
const settle = async (users) => {
  const [first, ...others] = users;
  assert.ok((await first.ask("room:send", { roomId, data: "settled" })).ok);
  for (const user of others) await user.hears(() => user.of("room:message").length === 1);
};

// Whoever is without a lease has departed, once, for those who are still there.
const seesDeparture = async (cluster, [ben, cat]) => {
  for (const user of [ben, cat]) await user.hears(() => user.changesOf("ann").length > 0);
  await passed(lease); // in which any instance would look again
  await settle([ben, cat]);
  for (const user of [ben, cat]) assert.deepEqual(user.changesOf("ann"), [false]);
  for (const key of ["presence:online", `room:${roomId}:users`]) assert.deepEqual(await members(cluster, key), ["ben", "cat"]);
};
const seesReturn = async (cluster, [ben, cat]) => {
  for (const user of [ben, cat]) await user.hears(() => user.changesOf("ann").length > 1);
  await passed(lease);
  for (const user of [ben, cat]) assert.deepEqual(user.changesOf("ann"), [false, true]);
  for (const key of ["presence:online", `room:${roomId}:users`]) assert.deepEqual(await members(cluster, key), everyone);
};

describe("presence in a cluster", { skip, timeout: 120_000 }, () => {
  it("has no ghost of an instance that was killed, and one departure", async (t) => {
    const cluster = await start(t);
    const [, ...others] = await meetInRoom(cluster);
    await cluster.instances[0].kill();
    await seesDeparture(cluster, others);
    assert.equal(await cluster.redis.client.exists("user:ann:socket"), 0);
  });

  it("takes an instance that hangs past its lease for gone, and has it back as it was", async (t) => {
    const cluster = await start(t);
    const [, ...others] = await meetInRoom(cluster);
    await freeze(cluster.instances[0].pid);
    await seesDeparture(cluster, others);
    thaw(cluster.instances[0].pid);
    await seesReturn(cluster, others);
  });

  it("takes an instance that Redis cannot hear for gone, which says so, and has it back", async (t) => {
    const cluster = await start(t);
    const [ann, ...others] = await meetInRoom(cluster);
    cluster.instances[0].network.cut();
    await eventually(async () => !(await cluster.instances[0].isReady()));
    assert.equal((await ann.ask("presence:join", { roomId: "another" })).error.code, "UNAVAILABLE");
    await seesDeparture(cluster, others);
    cluster.instances[0].network.mend();
    await eventually(() => cluster.instances[0].isReady());
    await seesReturn(cluster, others);
  });

  it("is mended after Redis has come back empty, and nobody has left", async (t) => {
    const cluster = await start(t);
    const all = await meetInRoom(cluster);
    await cluster.redis.restart();
    for (const key of ["presence:online", `room:${roomId}:users`])
      await eventually(async () => (await members(cluster, key)).join() === everyone.join());
    await settle(all);
    for (const user of all)
      for (const name of everyone) assert.ok(!user.changesOf(name).includes(false), `${user.name} heard that ${name} left`);
  });
});

describe("rooms in a cluster", { skip, timeout: 120_000 }, () => {
  it("lose no update that was acknowledged, while an instance is cut off and another is killed", async (t) => {
    const cluster = await start(t);
    const entering = Array.from({ length: 30 }, (_, i) => cluster.enter(cluster.instances[i % 3], `user ${i}`));
    const users = await Promise.all(entering);
    const join = (user) => user.ask("room:join", { roomId, metadata: { name: user.name } }).catch(() => ({ ok: false }));
    const early = await Promise.all(users.slice(0, 15).map(join));
    cluster.instances[0].network.cut();
    const asked = users.slice(15).map(join);
    await cluster.instances[1].kill();
    const late = await Promise.all(asked);
    const taken = users.filter((_, i) => [...early, ...late][i].ok).map(({ name }) => name);
    assert.ok(early.every(({ ok }) => ok));
    // At the third instance, with nobody in the way, all must have been.
    assert.ok(late.every(({ ok }, i) => i % 3 !== 2 || ok));
    const { participants } = JSON.parse(await cluster.redis.client.get(`room:${roomId}`));
    const there = new Set(participants.map(({ userId }) => userId));
    assert.deepEqual(taken.filter((name) => !there.has(name)), []);
  });
});

describe("the shared clock in a cluster", { skip, timeout: 120_000 }, () => {
  const sessionId = "band";
  const play = async (cluster) => {
    const all = await cluster.meet();
    for (const user of all) assert.ok((await user.ask("clock:join", { sessionId })).ok);
    assert.ok((await all[0].ask("clock:start", { sessionId })).ok);
    for (const user of all) await user.hears(() => user.of("clock:tick").length >= 5);
    return all;
  };
  // Each tick once, each later than the one before, all on one line of time.
  const isOneClock = (ticks) => {
    const positions = ticks.map(({ positionMs }) => positionMs);
    for (const [i, position] of positions.entries()) if (i > 0) assert.ok(position > positions[i - 1], positions.join());
    const starts = new Set(ticks.map(({ positionMs, timestamp }) => timestamp - positionMs));
    assert.equal(starts.size, 1, [...starts].join());
  };
  // Before members leave out what they have heard.
  const listen = (cluster) => cluster.listen(`tick:${sessionId}`);

  it("is taken over within two seconds of its instance's death, without a jump", async (t) => {
    const cluster = await start(t);
    const published = await listen(cluster);
    const [, ...others] = await play(cluster);
    const begun = Date.now();
    await cluster.instances[0].kill();
    const [{ positionMs: last }] = others[0].of("clock:tick").slice(-1);
    await others[0].hears((user) => user.of("clock:tick").at(-1).positionMs > last + 200);
    assert.ok(Date.now() - begun < 2500, `${Date.now() - begun}`); // with the ticks that are waited for
    for (const user of others) isOneClock(user.of("clock:tick"));
    isOneClock(published);
  });

  it("has one emitter while its instance hangs and comes back", async (t) => {
    const cluster = await start(t);
    const published = await listen(cluster);
    const [, ...others] = await play(cluster);
    await freeze(cluster.instances[0].pid);
    const count = published.length;
    await eventually(() => published.length > count + 10);
    thaw(cluster.instances[0].pid);
    const later = published.length;
    await eventually(() => published.length > later + 10);
    for (const user of others) isOneClock(user.of("clock:tick"));
    isOneClock(published);
  });
});
