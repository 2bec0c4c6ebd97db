// Plays the scenarios with every version over every transport, on our server and on npm's, and compares the transcripts.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startFixture } from "./fixture.mjs";
import { startScenarioReference } from "./scenario_reference.mjs";
import { Play } from "./scenarios.mjs";
import { msgpack, transports } from "./socketio_clients.mjs";

// `kind` of servers: { msgpack, recovery }, both optional. `scenariosOf` tells what a version plays.
export function compareAll(title, { kind, played, scenariosOf }) {
  describe(`socket.io-client, ${title}`, { concurrency: 6, timeout: 300_000 }, () => {
    const servers = {};
    const plays = [];
    before(async () => {
      servers.ours = await startFixture("scenario", ...commandLine(kind));
      servers.theirs = await startScenarioReference(kind);
    });
    after(async () => {
      for (const play of plays) play.end(); // those that a failure has left open
      await servers.theirs?.stop();
      assert.equal(await servers.ours.stop(), 0);
    });
    const perform = (scenario, settings) => {
      const play = new Play(settings);
      plays.push(play);
      return play.perform(scenario);
    };
    for (const version of played)
      for (const [way, transport] of Object.entries(transports))
        describe(`${version.name}, ${title}, ${way}`, () => {
          for (const [name, scenario] of Object.entries(scenariosOf(version)))
            it(name, { timeout: 60_000 }, async () => {
              const tag = `${version.name} ${way} ${name}`;
              const settings = { tag, version, options: { ...transport, ...(kind.msgpack && { parser: msgpack }) } };
              const theirs = await perform(scenario, { ...settings, url: servers.theirs.url });
              assert.deepEqual(await perform(scenario, { ...settings, url: servers.ours.url }), theirs);
            });
        });
  });
}

function commandLine({ msgpack, recovery }) {
  return [...(msgpack ? ["--parser", "msgpack"] : []), ...(recovery ? ["--recovery"] : [])];
}
