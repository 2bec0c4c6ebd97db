// Cases at three standalone servers and a Redis: many that are due at once, an instance that is killed, and one that freezes.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as passed } from "node:timers/promises";
import { startAppCluster } from "./support/app_cluster.mjs";
import { hasApp } from "./support/fixture.mjs";
import { eventually, freeze, thaw } from "./support/programs.mjs";

const skip = !hasApp && "the server is not built";
const patience = 60_000;
const roles = ["first", "second", "third"];
const parties = { first: "ann", second: "ben", third: "cat" };

const machines = [
  {
    name: "alarm", // moves on by itself, twice
    roles,
    phases: ["set", "ringing", "over"],
    moves: [
      { name: "ring", from: ["set"], to: "ringing" },
      { name: "end", from: ["ringing"], to: "over" },
    ],
    timeouts: [
      { phase: "set", after: 10_000, move: "ring" },
      { phase: "ringing", after: 500, move: "end" },
    ],
  },
  {
    name: "seesaw", // moves on whenever somebody wants it
    roles,
    phases: ["down", "up"],
    moves: [
      { name: "rise", from: ["down"], to: "up", by: roles },
      { name: "sink", from: ["up"], to: "down", by: roles },
    ],
  },
];

// ---- what is asked

const numbers = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

async function ask(user, event, request) {
  const answer = await user.ask(event, request);
  assert.ok(answer.ok, JSON.stringify(answer.error));
  return answer.case;
}
const openCases = (user, machine, count) =>
  Promise.all(numbers(1, count).map((i) => ask(user, "case:create", { caseId: `${machine}-${i}`, machine, parties })));
const watch = (user, cases) => Promise.all(cases.map(({ caseId }) => ask(user, "case:watch", { caseId })));

// ---- what is true

const of = (caseId, transitions) => transitions.filter((one) => one.caseId === caseId);
const seqs = (transitions) => transitions.map(({ seq }) => seq);

// In the whole cluster, each once and from where the one before led to.
function happenedOnce(published, cases) {
  for (const { caseId } of cases) {
    const happened = of(caseId, published);
    assert.deepEqual(seqs(happened), numbers(1, happened.length), caseId);
    for (const [i, { from }] of happened.entries()) assert.equal(from, i > 0 ? happened[i - 1].to : "", caseId);
  }
}

// What happened since it was watched, each once and in order.
function heard(user, watched, published) {
  const told = user.of("case:transition");
  for (const { caseId, seq } of watched) {
    const since = (transitions) => seqs(of(caseId, transitions)).filter((one) => one > seq);
    assert.deepEqual(since(told), since(published), `${caseId}, as heard by ${user.name}`);
  }
}

// Whoever is asked, each case is where its last transition led to.
async function isAgreedOn(users, cases, published) {
  for (const user of users)
    for (const { caseId, seq, phase } of await watch(user, cases)) {
      const last = of(caseId, published).at(-1);
      assert.deepEqual({ seq, phase }, { seq: last.seq, phase: last.to }, `${caseId}, as told to ${user.name}`);
    }
}

const rung = (transitions) => transitions.filter(({ move }) => move === "ring");
const over = (transitions) => transitions.filter(({ to }) => to === "over");

function delays(published, cases) {
  const fired = rung(published);
  const deadlines = new Map(cases.map(({ caseId, deadline }) => [caseId, deadline]));
  const late = fired.map(({ caseId, at }) => at - deadlines.get(caseId)).sort((a, b) => a - b);
  const due = [...deadlines.values()];
  return `${fired.length} fell due within ${Math.max(...due) - Math.min(...due)} ms; fired ` +
    `${late[Math.floor(late.length / 2)]} ms (median) to ${late.at(-1)} ms late`;
}

describe("cases in a cluster", { skip, timeout: 180_000 }, () => {
  let folder, options;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "sockeye-machines-"));
    const file = join(folder, "machines.json");
    await writeFile(file, JSON.stringify(machines));
    options = ["--machines-file", file, "--events-per-ip", "0", "--events-per-user", "0"];
  });
  after(() => rm(folder, { recursive: true }));

  const start = async (t) => {
    const cluster = await startAppCluster(...options);
    t.after(() => cluster.stop());
    return { cluster, users: await cluster.meet(), published: await cluster.listen("court:transitions") };
  };
  const areOver = (published, { length }) => eventually(() => over(published).length >= length, patience);
  const hearTheEnd = (users, { length }) =>
    Promise.all(users.map((user) => user.hears(() => over(user.of("case:transition")).length >= length)));

  it("each move on once, and all who watch hear it, when a thousand are due at once", async (t) => {
    const { users, published } = await start(t);
    const cases = await openCases(users[0], "alarm", 1000);
    const watched = await Promise.all(users.map((user) => watch(user, cases)));
    await areOver(published, cases);
    t.diagnostic(delays(published, cases));
    happenedOnce(published, cases);
    await hearTheEnd(users, cases);
    for (const [i, user] of users.entries()) heard(user, watched[i], published);
    await isAgreedOn(users, cases, published);
  });

  const moments = {
    "before they are due": () => {},
    "while they fire": (published) => eventually(() => rung(published).length > 0),
  };
  for (const [moment, comes] of Object.entries(moments))
    it(`each move on once when the instance at which they were opened is killed ${moment}`, async (t) => {
      const { cluster, users, published } = await start(t);
      const [ann, ...others] = users;
      const cases = await openCases(ann, "alarm", 300);
      const watched = await Promise.all(others.map((user) => watch(user, cases)));
      await comes(published);
      await cluster.instances[0].kill();
      t.diagnostic(`${cases.length - rung(published).length} were still to fire`);
      await areOver(published, cases);
      t.diagnostic(delays(published, cases));
      happenedOnce(published, cases);
      await hearTheEnd(others, cases);
      for (const [i, user] of others.entries()) heard(user, watched[i], published);
      await isAgreedOn(others, cases, published);
    });

  // All move all cases, as fast as they are answered, until `game.over`.
  const play = (users, cases) => {
    const game = { over: false, answered: [] };
    const turn = async (user, caseId, move) => {
      const { ok, error, case: state } = await user.ask("case:move", { caseId, move });
      if (ok) game.answered.push({ by: user.name, caseId, seq: state.seq, to: state.phase });
      else assert.ok(["MOVE_NOT_ALLOWED", "CONFLICT"].includes(error.code), JSON.stringify(error));
    };
    const player = async (user, { caseId }) => {
      for (let i = 0; !game.over; ++i) await turn(user, caseId, i % 2 ? "sink" : "rise");
    };
    game.ended = Promise.all(users.flatMap((user) => cases.map((one) => player(user, one))));
    return game;
  };

  it("lose and repeat no move while an instance freezes in the middle of some for longer than its locks live", async (t) => {
    const { cluster, users, published } = await start(t);
    const [{ pid, name }] = cluster.instances;
    const { client } = cluster.redis;
    // The cases on which the frozen instance has locks.
    const held = async () => {
      const keys = await client.keys("court:lock:*");
      const owners = keys.length ? await client.mGet(keys) : [];
      return keys.filter((_, i) => owners[i]?.startsWith(`${name}:`)).map((key) => key.split(":")[2]);
    };
    const cases = await openCases(users[0], "seesaw", 20);
    const watched = await Promise.all(users.map((user) => watch(user, cases)));
    const game = play(users, cases);
    const moved = async (caseId) => {
      const count = of(caseId, published).length;
      await eventually(() => of(caseId, published).length > count + 1);
    };
    await Promise.all(cases.map(({ caseId }) => moved(caseId)));

    let stuck;
    do {
      thaw(pid);
      await freeze(pid);
      await passed(100); // in which what it has sent arrives
      stuck = await held();
    } while (stuck.length === 0);
    t.diagnostic(`frozen with locks on ${stuck.length} cases`);
    await eventually(async () => (await held()).length === 0);
    await Promise.all(cases.map(({ caseId }) => moved(caseId)));
    thaw(pid);
    const count = game.answered.length;
    await eventually(() => game.answered.slice(count).filter(({ by }) => by === users[0].name).length > 10 * cases.length);
    game.over = true;
    await game.ended;

    t.diagnostic(`${published.length} transitions`);
    happenedOnce(published, cases);
    const what = ({ by, caseId, seq, to }) => `${caseId}, ${seq}: ${by}, ${to}`;
    const made = published.filter(({ seq }) => seq > 1);
    assert.deepEqual(game.answered.map(what).sort(), made.map(what).sort());
    for (const [i, user] of users.entries()) {
      await user.hears(() => user.of("case:transition").filter(({ seq }) => seq > 1).length >= made.length);
      heard(user, watched[i], published);
    }
    await isAgreedOn(users, cases, published);
  });
});
