// The same to the fixture and to the reference: what was seen must be equal, but for the ids that each makes up. Every
// deliberate difference is in docs/differences.md and, where a case meets it, in the `differs` of that case.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

// `start` gives { ours, reference }, promises of servers. `tests` gets a function that compares what a scenario sees,
// which is given a server's address; `theirs` is played at the reference, if it is another.
export function against(title, start, tests) {
  describe(title, { timeout: 60_000, concurrency: 8 }, () => {
    const servers = {};
    before(async () => {
      const { ours, reference } = start();
      Object.assign(servers, { ours: await ours, reference: await reference });
    });
    after(async () => {
      await servers.reference.stop();
      assert.equal(await servers.ours.stop(), 0);
    });
    tests((name, scenario, differs = (seen) => seen, theirs = scenario) => {
      it(name, async () => {
        const seen = await Promise.all([scenario(servers.ours.url), theirs(servers.reference.url)]);
        const [ours, reference] = seen.map(anonymous);
        assert.deepEqual(ours, differs(reference));
      });
    });
  });
}

// Ids of sessions and sockets, and the private ones, wherever they stand.
function anonymous(seen) {
  return JSON.parse(JSON.stringify(seen).replace(/((?:sid|pid)\\*":\\*")[\w-]+/g, "$1ID"));
}
