// Two standalone servers with their state in a Redis Cluster of three, and a program in Node that reads it there.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { createCluster } from "redis";
import { User } from "./support/app_cluster.mjs";
import { hasApp, startApp } from "./support/fixture.mjs";
import { eventually } from "./support/programs.mjs";
import { startRedisCluster } from "./support/redis.mjs";

const skip = !hasApp && "the server is not built";
const prefix = "{sockeye}:";

describe("standalone servers on a Redis Cluster", { skip, timeout: 60_000 }, () => {
  let redis, node, servers, ann, ben;

  before(async () => {
    redis = await startRedisCluster(3);
    node = await createCluster({ rootNodes: [{ url: redis.servers[0].url }] }).connect();
    const start = (name) => startApp("--redis-url", redis.url, "--node-id", name, "--log-level", "error");
    servers = await Promise.all(["a", "b"].map(start));
    [ann, ben] = ["ann", "ben"].map((name, i) => new User(servers[i], name));
    for (const answer of await Promise.all([ann, ben].map((user) => user.enter()))) assert.ok(answer.ok);
  });
  beforeEach(() => [ann, ben].forEach(({ heard }) => (heard.length = 0)));
  after(async () => {
    for (const user of [ann, ben]) user?.socket.disconnect();
    for (const server of servers ?? []) assert.equal(await server.stop(), 0);
    node?.destroy();
    await redis?.stop();
  });
  const must = async (user, event, request) => {
    const answer = await user.ask(event, request);
    assert.ok(answer.ok, `${event}: ${JSON.stringify(answer.error)}`);
    return answer;
  };
  const home = async () => {
    const slot = await redis.ask("CLUSTER", "KEYSLOT", prefix);
    return { slot, from: redis.servers.find(({ has }) => has(slot)) };
  };

  it("are ready, and say so", async () => {
    for (const { url } of servers) {
      assert.equal((await fetch(`${url}/readyz`)).status, 200);
      assert.equal((await (await fetch(`${url}/healthz`)).json()).metrics.adapterReady, true);
      assert.match(await (await fetch(`${url}/metrics`)).text(), /^sockeye_store_ready 1$/m);
    }
    const { nodes, store } = await must(ann, "cluster:stats");
    assert.deepEqual([nodes.map(({ id }) => id).sort(), store], [["a", "b"], { kind: "redis", ready: true }]);
  });

  it("share users and rooms, which others find behind the prefix", async () => {
    for (const user of [ann, ben]) await must(user, "presence:join", { roomId: "hall" });
    await ann.hears(() => ann.changesOf("ben").includes(true));
    for (const user of [ann, ben]) await must(user, "room:join", { roomId: "hall" });
    await must(ann, "room:send", { roomId: "hall", data: "hello" });
    await ben.hears(() => ben.of("room:message").length === 1);
    for (const key of ["presence:online", "room:hall:users"])
      assert.deepEqual((await node.sMembers(prefix + key)).sort(), ["ann", "ben"]);
    assert.equal(await node.get(`${prefix}user:ben:socket`), ben.socket.id);
    const { participants } = JSON.parse(await node.get(`${prefix}room:hall`));
    assert.deepEqual(participants.map(({ userId }) => userId), ["ann", "ben"]);
    await node.sAdd(`${prefix}presence:online`, "nora");
    assert.equal((await must(ann, "user:status", { userId: "nora" })).online, true);
  });

  it("have all their keys at one server, but for those of the adapter", async () => {
    await must(ann, "room:join", { roomId: "hall" });
    const { from } = await home();
    for (const server of redis.servers)
      for (const key of await server.client.keys("*"))
        assert.ok(key.startsWith(prefix) ? server === from : key.startsWith("socket.io") || key.startsWith("sio:"), key);
    const counted = await from.client.keys(`${prefix}ratelimit:*`);
    assert.ok(counted.length > 0);
  });

  it("let who listens at one hear the host at another, from the first event on", async () => {
    const { sessionId, code } = await must(ann, "session:create", { sourceLang: "en" });
    const say = (text) => must(ann, "session:publish", { sessionId, type: "line", data: { text } });
    await say("one");
    const { missed } = await must(ben, "session:join", { code, lastSeq: 0 });
    for (const text of ["two", "three"]) await say(text);
    await ben.hears(() => ben.of("session:event").length >= 2);
    const told = [...missed, ...ben.of("session:event")].map(({ seq, data }) => [seq, data.text]);
    assert.deepEqual(told, [[1, "one"], [2, "two"], [3, "three"]]);
    assert.equal(await node.get(`${prefix}session:code:${code}`), sessionId);
    await must(ann, "session:close", { sessionId });
    await ben.hears(() => ben.of("session:ended").length === 1);
  });

  it("have one clock, which is heard at each server of Redis by the name of its channel", async () => {
    const heard = redis.servers.map(() => []);
    const ears = await Promise.all(redis.servers.map(({ client }) => client.duplicate().connect()));
    for (const [i, ear] of ears.entries()) await ear.subscribe("tick:band", (text) => heard[i].push(JSON.parse(text).positionMs));
    for (const user of [ann, ben]) await must(user, "clock:join", { sessionId: "band" });
    await must(ben, "clock:start", { sessionId: "band" });
    for (const user of [ann, ben]) await user.hears(() => user.of("clock:tick").length >= 5);
    for (const ticks of heard) await eventually(() => ticks.length >= 5);
    const told = [...heard, ...[ann, ben].map((user) => user.of("clock:tick").map(({ positionMs }) => positionMs))];
    for (const ticks of told) assert.equal(new Set(ticks).size, ticks.length, ticks.join());
    assert.equal((await node.hGetAll(`${prefix}timing:band`)).isPlaying, "true");
    await must(ann, "clock:stop", { sessionId: "band" });
    for (const ear of ears) ear.destroy();
  });

  it("fail nobody while their state moves to another server of Redis", async (t) => {
    const { slot, from } = await home();
    const to = redis.servers.find((server) => server !== from);
    let moved = false;
    const act = async (user) => {
      for (let n = 0; !moved; ++n) {
        await must(user, "room:join", { roomId: `${user.name} ${n}` });
        await must(user, "presence:join", { roomId: `${user.name} ${n}` });
      }
    };
    t.after(() => (moved = true)); // also if this fails
    const acting = [ann, ben].map(act);
    await to.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", from.id);
    await from.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", to.id);
    await eventually(async () => /errorstat_(ASK|TRYAGAIN):/.test(String(await from.ask("INFO", "errorstats"))));
    for (let keys; (keys = await from.ask("CLUSTER", "GETKEYSINSLOT", slot, 10)).length > 0; )
      await from.ask("MIGRATE", "127.0.0.1", to.port, "", 0, 5000, "KEYS", ...keys);
    for (const server of [to, ...redis.servers.filter((other) => other !== to)]) await server.ask("CLUSTER", "SETSLOT", slot, "NODE", to.id);
    moved = true;
    await Promise.all(acting);
    await must(ann, "presence:join", { roomId: "afterwards" });
    assert.deepEqual(await to.client.sMembers(`${prefix}room:afterwards:users`), ["ann"]);
  });
});
