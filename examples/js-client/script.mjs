// What a client of sockeye-server does, service by service, without a browser:
//
//   npm install
//   node script.mjs [URL [URL OF ANOTHER SERVER OF THE CLUSTER]]
//
// Ann is at the first server (http://localhost:3000 if not told), Ben at the other. Exits with 0 if all went as it should.
import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { Client } from "./client.mjs";
import { movesFor } from "./page/court.js";
import { EventOrder } from "./page/event_order.js";
import { FollowedCase } from "./page/followed_case.js";
import { SharedClock } from "./page/shared_clock.js";

const [url = "http://localhost:3000", otherUrl = url] = process.argv.slice(2);
// Of this run's own: others may be at the server too.
const own = (name) => `${name}-${randomUUID().slice(0, 8)}`;
const ann = new Client(own("ann"), url);
const ben = new Client(own("ben"), otherUrl);
const say = (text) => console.log(`  ✓ ${text}`);

async function refused(code, request) {
  await assert.rejects(request, { code });
  say(`refused: ${code}`);
}

const services = {
  async users() {
    for (const one of [ann, ben]) {
      await one.connected();
      await one.ask("register", { userId: one.name });
      const { userId, node } = await one.ask("whoami");
      assert.equal(userId, one.name);
      say(`${userId} is at ${node}`);
    }
    const heard = ben.next("message");
    await ann.ask("user:message", { userId: ben.name, data: "hello" });
    assert.deepEqual((await heard)[0], { from: ann.name, data: "hello" });
    say("Ben is told hello by Ann");
    assert.equal((await ann.ask("user:status", { userId: own("nobody") })).online, false);
    say("nobody is not online");
  },

  async presence() {
    const roomId = own("lobby");
    await ben.ask("presence:join", { roomId });
    const came = ben.next("presence:update", ({ userId }) => userId === ann.name);
    const { users } = await ann.ask("presence:join", { roomId });
    assert.deepEqual(users.sort(), [ann.name, ben.name].sort());
    const [{ online, count }] = await came;
    assert.deepEqual({ online, count }, { online: true, count: 2 });
    say("Ben sees Ann come into the room");
    const everyone = (await ann.ask("presence:online")).users;
    assert.ok(everyone.includes(ann.name) && everyone.includes(ben.name));
    say(`${everyone.length} are online`);

    const said = ben.next("room:message");
    await ann.ask("room:send", { roomId, data: "good morning" });
    assert.deepEqual((await said)[0], { roomId, from: ann.name, data: "good morning" });
    say("Ben hears what Ann says there");
    const left = ben.next("presence:update", ({ userId }) => userId === ann.name);
    await ann.ask("presence:leave", { roomId });
    assert.equal((await left)[0].online, false);
    say("Ben sees Ann leave");
  },

  async rooms() {
    const roomId = own("studio");
    await refused("ROOM_NOT_FOUND", ann.ask("room:get", { roomId }));
    await ann.ask("room:join", { roomId, metadata: { instrument: "flute" } });
    const { room } = await ben.ask("room:join", { roomId });
    const [first] = room.participants.filter(({ userId }) => userId === ann.name);
    assert.deepEqual(first.metadata, { instrument: "flute" });
    say(`${room.participants.length} are in the room, Ann with her flute`);

    const shared = ben.next("room:update", ({ room }) => room.sharing.includes(ann.name));
    await ann.ask("room:share", { roomId, sharing: true });
    await shared;
    say("Ben sees that Ann shares her screen");
    await refused("ALREADY_SHARED", ben.ask("room:share", { roomId, sharing: true }));
    const frame = randomBytes(50_000);
    const seen = ben.next("room:frame");
    ann.socket.emit("room:frame", { roomId, frame: 1 }, frame);
    assert.deepEqual((await seen)[1], frame);
    say(`Ben has a frame of ${frame.length} bytes`);
    for (const one of [ann, ben]) await one.ask("room:leave", { roomId });
  },

  async sessions() {
    const { sessionId, code } = await ann.ask("session:create", { sourceLang: "en" });
    say(`Ann is the host; the code is ${code}`);
    await refused("SESSION_NOT_FOUND", ben.ask("session:join", { code: own("none") }));
    const texts = [];
    const order = new EventOrder(({ data }) => texts.push(data));
    const listen = (by) => order.catchUp((lastSeq) => ben.ask("session:join", { ...by, lastSeq }));
    ben.socket.on("session:event", (event) => order.hear(event));
    const publish = (text) => ann.ask("session:publish", { sessionId, type: "line", data: text });

    await listen({ code });
    const third = ben.next("session:event", ({ seq }) => seq === 3);
    for (const text of ["one", "two", "three"]) await publish(text);
    await third;
    assert.deepEqual(texts, ["one", "two", "three"]);
    say(`Ben has heard ${texts.join(", ")}`);

    const back = ben.dropped();
    for (const text of ["four", "five"]) await publish(text);
    await back;
    await ben.ask("register", { userId: ben.name });
    await listen({ sessionId });
    const sixth = ben.next("session:event", ({ seq }) => seq === 6);
    await publish("six");
    await sixth;
    assert.deepEqual({ texts: texts.slice(3), gaps: order.gaps }, { texts: ["four", "five", "six"], gaps: 0 });
    say("Ben was cut off for a while, and has missed nothing");

    const ended = ben.next("session:ended");
    await ann.ask("session:close", { sessionId });
    assert.deepEqual((await ended)[0], { sessionId, reason: "closed" });
    await refused("SESSION_ENDED", ben.ask("session:join", { sessionId }));
  },

  async metronome() {
    const sessionId = own("band");
    const players = [ann, ben].map((one) => ({ one, clock: new SharedClock(() => performance.timeOrigin + performance.now()) }));
    for (const { one, clock } of players) {
      one.socket.on("clock:state", ({ clock: newer }) => clock.follow(newer));
      clock.follow((await one.ask("clock:join", { sessionId })).clock);
      await clock.measure(one.ask);
      say(`${one.name}: offset ${clock.offset.toFixed(1)} ms, round trip ${clock.roundTrip.toFixed(1)} ms`);
    }
    const fifth = players.map(({ one }) => one.next("clock:tick", ({ positionMs }) => positionMs >= 500));
    await ann.ask("clock:start", { sessionId, tempo: 120, positionMs: 0 });
    await Promise.all(fifth);
    const [here, there] = players.map(({ clock }) => clock.positionAt(clock.serverTime));
    assert.ok(Math.abs(here - there) < 100, `they are ${Math.abs(here - there)} ms apart`);
    say(`both play, ${Math.abs(here - there).toFixed(1)} ms apart`);

    const { clock: stopped } = await ben.ask("clock:stop", { sessionId });
    const { clock: faster } = await ann.ask("clock:tempo", { sessionId, tempo: 144 });
    assert.deepEqual([faster.isPlaying, faster.tempo, faster.positionMs], [false, 144, stopped.positionMs]);
    say(`stopped at ${stopped.positionMs} ms; a new tempo keeps the position`);
  },

  async cases() {
    const parties = { plaintiff: ann.name, defendant: ben.name };
    const { case: opened } = await ann.ask("case:create", { machine: "court", parties });
    const followed = [ann, ben].map((one) => {
      const seen = new FollowedCase(opened.caseId);
      one.socket.on("case:transition", (transition) => seen.hear(transition));
      return seen;
    });
    for (const [i, one] of [ann, ben].entries()) await followed[i].catchUp(one.ask);
    const [anns, bens] = followed;
    say(`Ann has opened a case with Ben; it is ${anns.state.phase} until ${new Date(anns.state.deadline).toLocaleString()}`);
    const allowed = () => [ann, ben].map(({ name }) => movesFor(anns.state, name));
    assert.deepEqual(allowed(), [["cancel"], ["accept"]]);
    const move = async (one, name) => (await one.ask("case:move", { caseId: opened.caseId, move: name })).case;

    await refused("FORBIDDEN", move(ann, "accept"));
    const accepted = ann.next("case:transition", ({ move }) => move === "accept");
    await move(ben, "accept");
    const [{ from, to, seq, by }] = await accepted;
    assert.deepEqual({ from, to, seq, by }, { from: "pending", to: "evidence", seq: 2, by: ben.name });
    say(`Ann sees Ben accept it: ${from} → ${to}`);

    const back = ben.dropped();
    anns.learn(await move(ann, "settle"));
    assert.deepEqual(allowed(), [["submit"], ["submit", "settle"]]);
    await back;
    await ben.ask("register", { userId: ben.name });
    await bens.catchUp(ben.ask);
    assert.deepEqual([bens.state.phase, bens.state.agreed], ["evidence", { settle: ["plaintiff"] }]);
    say("Ben was cut off for a while, and sees that Ann has agreed to settle");

    const closed = [ann, ben].map((one) => one.next("case:transition", ({ to }) => to === "closed"));
    await move(ben, "settle");
    await Promise.all(closed);
    for (const one of followed) assert.deepEqual(one.history.map(({ seq }) => seq).filter((seq) => seq > 1), [4, 3, 2]);
    say("both have settled, and see it closed");
    await refused("MOVE_NOT_ALLOWED", move(ann, "settle"));
  },

  async cluster() {
    const { nodes, store } = await ann.ask("cluster:stats");
    for (const { id, clients } of nodes) say(`${id} has ${clients} clients`);
    for (const one of [ann, ben]) {
      const { node } = await one.ask("whoami");
      assert.ok(nodes.some(({ id }) => id === node), `${node} is not in the list`);
    }
    assert.ok(store.ready);
    say(`state is kept in ${store.kind}`);
  },
};

try {
  for (const [name, demonstrate] of Object.entries(services)) {
    console.log(name);
    await demonstrate();
  }
  console.log("all went as it should");
} catch (error) {
  console.error(`  ✗ ${error.code ?? "failed"}: ${error.message}`);
  process.exitCode = 1;
} finally {
  for (const one of [ann, ben]) one.socket.disconnect();
}
