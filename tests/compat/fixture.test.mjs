import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runFixture, startFixture } from "./support/fixture.mjs";

describe("the fixture", () => {
  for (const profile of ["eio3", "protocol", "eio-client"]) {
    it(`says that ${profile} is ready, serves it on both loopback addresses and ends well`, async () => {
      const fixture = await startFixture(profile);
      const { port } = fixture.ready;
      assert.deepEqual(fixture.ready, { ready: true, fixture: profile, port, pid: fixture.pid });
      for (const host of ["127.0.0.1", "[::1]"]) {
        const response = await fetch(`http://${host}:${port}/engine.io/?EIO=4&transport=polling`);
        assert.equal(response.status, 200);
        await response.text();
      }
      assert.equal(await fixture.stop(), 0);
    });
  }

  it("lets the command line override what a profile sets", async () => {
    const fixture = await startFixture("eio-client", "--ping-interval", "700", "--max-payload", "200");
    const response = await fetch(`${fixture.url}/engine.io/?EIO=4&transport=polling`);
    const [opened] = (await response.text()).split("\x1e");
    const { pingInterval, maxPayload } = JSON.parse(opened.slice(1));
    assert.deepEqual({ pingInterval, maxPayload }, { pingInterval: 700, maxPayload: 200 });
    await fixture.stop();
  });

  it("refuses profiles and options that it does not know, in words", async () => {
    for (const [commandLine, words] of [
      [["nonesuch"], /nonesuch/],
      [["eio3", "--nonesuch"], /--nonesuch/],
      [["eio3", "--port", "70000"], /70000/],
    ]) {
      const { code, stderr } = await runFixture(...commandLine);
      assert.notEqual(code, 0);
      assert.match(stderr, words);
    }
  });

  it("shows a profile's own defaults in its help", async () => {
    const { code, stdout } = await runFixture("eio-client", "--help");
    assert.equal(code, 0);
    assert.match(stdout, /--max-payload BYTES=100\s/);
  });
});
