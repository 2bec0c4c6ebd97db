// One cluster of our servers and npm's, on Redis: each operation, started at each server, has its effect at all.
import { after, before, describe, test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { adapters, olderStreams, tooFew } from "./support/adapters.mjs";
import { awaitServers, Member, startCluster } from "./support/cluster.mjs";
import { eventually } from "./support/programs.mjs";
import { startRedisCluster } from "./support/redis.mjs";

const values = [
  1, -1.5, 2 ** 40, "text", "\u00e9\u4e2d\u{1f600}", true, null, [], {}, [1, [2, { a: [null] }]], { a: { b: "c" } },
];
const bytes = Buffer.from([0, 1, 254, 255]);
const sorted = (list) => [...list].sort();
const unique = (() => {
  let last = 0;
  return (name) => `${name}-${++last}`;
})();

// What all have heard when `origin` says that it is the end; what it did before has come by then.
async function heardBy(members, origin) {
  await origin.do("broadcast", null, "end");
  return Promise.all(
    members.map(async (member) => {
      await eventually(() => member.heard.some(([event]) => event === "end"));
      return member.heard.splice(0).filter(([event]) => event !== "end");
    }),
  );
}

function operations(adapter, nsp, cluster) {
  let members;
  before(async () => (members = await cluster().meet(nsp)));
  after(() => members.forEach((member) => member.leave()));

  // Joins a room of its own name; elsewhere servers know of it.
  async function room(...who) {
    const name = unique("room");
    for (const i of who) await members[i].do("join", name);
    if (adapter.roomMembers)
      await eventually(async () => (await adapter.roomMembers(cluster().redis.client, nsp, name)) === who.length);
    return name;
  }

  // Each server has its turn to begin.
  function fromEach(title, body, origins = [0, 1, 2]) {
    for (const from of origins) test(`${title}, from server ${from}`, () => body(members[from], from));
  }
  const askingEach = (title, body) => fromEach(title, body, adapter.asking);

  fromEach("broadcast", async (origin) => {
    await origin.do("broadcast", null, "e", ...values, bytes, { deep: [bytes] });
    for (const heard of await heardBy(members, origin)) deepEqual(heard, [["e", ...values, bytes, { deep: [bytes] }]]);
  });

  fromEach("broadcast to rooms", async (origin) => {
    const [r, s] = [await room(1, 2), await room(0, 1)];
    await origin.do("broadcast", r, "one", bytes);
    await origin.do("broadcast", [r, s], "two");
    await origin.do("broadcast", members[0].id, "three");
    const heard = await heardBy(members, origin);
    const told = heard.map((events) => sorted(events.map(([event]) => event)));
    deepEqual(told, [["three", "two"], ["one", "two"], ["one", "two"]]);
  });

  fromEach("broadcast with exceptions", async (origin) => {
    const [r, s] = [await room(1, 2), await room(2)];
    await origin.do("broadcast-except", null, r, "one");
    await origin.do("broadcast-except", r, [s], "two");
    await origin.do("broadcast-except", null, [members[0].id, members[1].id], "three");
    deepEqual(await heardBy(members, origin), [[["one"]], [["two"]], [["three"]]]);
  });

  askingEach("broadcast with acknowledgements", async (origin) => {
    for (const member of members) member.answer = (...args) => ({ by: member.node.name, args });
    const { error, responses } = await origin.do("broadcast-ack", null, "q", 10_000, 1, bytes);
    equal(error, null);
    const by = (a, b) => (a.by < b.by ? -1 : 1);
    deepEqual(responses.sort(by), members.map(({ node }) => ({ by: node.name, args: [1, bytes] })).sort(by));
    deepEqual(await origin.do("broadcast-ack", "nowhere", "q", 10_000), { error: null, responses: [] });
    for (const member of members) member.heard = [];
  });

  askingEach("broadcast with acknowledgements that do not come", async (origin, from) => {
    for (const member of members) member.answer = null;
    members[(from + 1) % 3].answer = () => "here";
    const result = await origin.do("broadcast-ack", null, "q", 200);
    deepEqual(result, { error: "operation has timed out", responses: ["here"] });
    for (const member of members) Object.assign(member, { answer: () => null, heard: [] });
  });

  askingEach("fetching sockets", async (origin) => {
    const r = await room(0, 2);
    for (const [i, member] of members.entries()) await member.do("set-data", { number: i, list: [1, null] });
    const found = await origin.do("fetch-sockets", r);
    deepEqual(sorted(found.map(({ id }) => id)), sorted([members[0].id, members[2].id]));
    for (const { id, rooms, data } of found) {
      equal(rooms.includes(r) && rooms.includes(id), true);
      deepEqual(data, { number: members.findIndex((member) => member.id === id), list: [1, null] });
    }
    equal((await origin.do("fetch-sockets", null)).length, 3);
    deepEqual(await origin.do("fetch-sockets", "nowhere"), []);
  });

  fromEach("making sockets join and leave", async (origin, from) => {
    const r = await room(0, 2);
    const [s, t] = [unique("room"), unique("room")];
    const asking = adapter.asking.includes(from) ? origin : members[2];
    const inRoom = async (name) => sorted((await asking.do("fetch-sockets", name)).map(({ id }) => id));
    const ids = (...who) => sorted(who.map((i) => members[i].id));
    await origin.do("sockets-join", r, [s, t]);
    await eventually(async () => (await inRoom(t)).length === 2);
    deepEqual(await inRoom(s), ids(0, 2));
    await origin.do("sockets-leave", members[2].id, s);
    await eventually(async () => (await inRoom(s)).length === 1);
    deepEqual(await inRoom(s), ids(0));
    deepEqual(await inRoom(t), ids(0, 2));
  });

  askingEach("events for servers", async (origin) => {
    await origin.do("server-side-emit", "notify", ...values, bytes);
    const sent = ["sse", "notify", ...values, adapter.binaryForServers(bytes)];
    // Not in order with broadcasts, where these go through a stream.
    for (const member of members) if (member !== origin) await eventually(() => member.heard.length > 0);
    const heard = await heardBy(members, origin);
    for (const [i, member] of members.entries()) deepEqual(heard[i], member === origin ? [] : [sent]);
  });

  askingEach("events that servers answer", async (origin) => {
    const { error, responses } = await origin.do("server-side-emit-ack", "ask", 1, { a: [null, "x"] });
    equal(error, null);
    const others = members.filter((member) => member !== origin);
    deepEqual(sorted(responses.map(({ from }) => from)), sorted(others.map(({ node }) => node.name)));
    for (const { args } of responses) deepEqual(args, [1, { a: [null, "x"] }]);
    const asked = [["sse", "ask", 1, { a: [null, "x"] }]];
    for (const [i, heard] of (await heardBy(members, origin)).entries()) deepEqual(heard, members[i] === origin ? [] : asked);
  });

  fromEach("order", async (origin) => {
    const numbers = Array.from({ length: 500 }, (_, i) => i);
    for (const i of numbers) origin.socket.emit("broadcast", null, "n", i);
    for (const heard of await heardBy(members, origin)) deepEqual(heard.map(([, i]) => i), numbers);
  });

  fromEach("disconnecting sockets", async (origin, from) => {
    const victims = await cluster().meet(nsp);
    const gone = victims.map(({ socket }) => new Promise((resolve) => socket.on("disconnect", resolve)));
    const closes = from === 1;
    for (const [i, { id }] of victims.entries()) await origin.do("disconnect-sockets", i === 0 ? [id] : id, closes);
    deepEqual(await Promise.all(gone), Array(3).fill("io server disconnect"));
    for (const victim of victims) victim.leave();
  });
}

// By whoever is no server; the emitters are at servers 1 and 2, ours and npm's.
function emitters(adapter, nsp, cluster) {
  for (const from of [1, 2])
    if (adapter.emitters.includes(cluster.layout[from]))
      test(`an emitter, of ${cluster.layout[from]}`, async () => {
        const members = await cluster().meet(nsp);
        const [origin, r] = [members[from], unique("room")];
        const others = members.filter((member) => member !== origin);
        await origin.do("emitter-broadcast", null, [], "all", ...values, bytes);
        for (const member of members) deepEqual(await member.hear(1), [["all", ...values, bytes]]);
        await origin.do("emitter-join", members.map(({ id }) => id), [r]);
        await origin.do("emitter-broadcast", r, [origin.id], "room");
        for (const member of others) deepEqual(await member.hear(1), [["room"]]);
        await origin.do("emitter-leave", others[0].id, r);
        await origin.do("emitter-broadcast", r, [], "left");
        deepEqual(await others[1].hear(1), [["left"]]);
        deepEqual(await origin.hear(1), [["left"]]);
        await origin.do("emitter-server-side-emit", "notify", 1, { a: "b" });
        for (const member of members) deepEqual(await member.hear(1), [["sse", "notify", 1, { a: "b" }]]);
        const gone = others.map(({ socket }) => new Promise((resolve) => socket.on("disconnect", resolve)));
        await origin.do("emitter-disconnect", others.map(({ id }) => id), true);
        deepEqual(await Promise.all(gone), ["io server disconnect", "io server disconnect"]);
        for (const member of members) member.leave();
      });
}

// A server that does not answer; `paused` is stopped meanwhile.
function silence(adapter, cluster) {
  for (const [from, paused] of [[0, 2], [2, 0]])
    test(`a server that does not answer: ${paused}, asked from ${from}`, async () => {
      const [origin, third] = [from, 1].map((i) => cluster().nodes[i]);
      const asking = await new Member(origin, "/").connected();
      await cluster().nodes[paused].pause();
      try {
        const [fetched, asked] = await Promise.all([
          asking.do("fetch-sockets", null),
          asking.do("server-side-emit-ack", "ask"),
        ]);
        deepEqual(fetched, { error: adapter.fetchTimesOut(1, 2) });
        equal(asked.error, tooFew(1, 2));
        deepEqual(asked.responses, [{ from: third.name, args: [] }]);
      } finally {
        cluster().nodes[paused].resume();
        asking.leave();
      }
    });
}

for (const [name, adapter] of Object.entries(adapters))
  describe(`a cluster of sockeye, sockeye and Node: ${name}`, { timeout: 120_000 }, () => {
    let running;
    const cluster = Object.assign(() => running, { layout: ["sockeye", "sockeye", "node"] });
    before(async () => (running = await startCluster(adapter, cluster.layout)));
    after(() => running?.stop());
    for (const nsp of ["/", "/chat"])
      describe(`namespace ${nsp}`, () => {
        operations(adapter, nsp, cluster);
        emitters(adapter, nsp, cluster);
      });
    silence(adapter, cluster);
  });

describe("a cluster of sockeye, sockeye and Node with version 0.2 of the streams adapter", { timeout: 120_000 }, () => {
  let running;
  const cluster = Object.assign(() => running, { layout: ["sockeye", "sockeye", "node"] });
  before(async () => (running = await startCluster(olderStreams, cluster.layout)));
  after(() => running?.stop());
  for (const nsp of ["/", "/chat"])
    describe(`namespace ${nsp}`, () => {
      test("Node's server learns how many there are", () => awaitServers(running.nodes[2], nsp, 3));
      operations(olderStreams, nsp, cluster);
      emitters(olderStreams, nsp, cluster);
    });
});

for (const [name, adapter] of Object.entries(adapters))
  describe(`sockeye servers on a Redis Cluster: ${name}`, { timeout: 120_000 }, () => {
    let running;
    const cluster = Object.assign(() => running, { layout: ["sockeye", "sockeye", "sockeye"] });
    before(async () => (running = await startCluster(adapter, cluster.layout, startRedisCluster)));
    after(() => running?.stop());
    operations(adapter, "/", cluster);
    emitters(adapter, "/", cluster);
  });
