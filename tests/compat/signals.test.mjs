// A server that is told to stop while a client is connected, and while one cannot be got rid of.
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { WebSocket } from "ws";
import { startFixture } from "./support/fixture.mjs";

const connect = async (fixture) => {
  const socket = new WebSocket(`${fixture.url.replace("http", "ws")}/engine.io/?EIO=4&transport=websocket`);
  await once(socket, "message");
  return socket;
};

describe("a signal", () => {
  it("closes every session, then ends the server well", async () => {
    const fixture = await startFixture("eio-client");
    const socket = await connect(fixture);
    const closed = once(socket, "close");
    assert.equal(await fixture.stop(), 0);
    assert.equal((await closed)[0], 1005);
  });

  it("that comes twice ends it at once, whoever does not let go", async () => {
    const fixture = await startFixture("eio-client");
    const socket = await connect(fixture);
    socket._socket.pause(); // never answers the close frame
    process.kill(fixture.pid, "SIGTERM");
    const begun = Date.now();
    // It has understood the first once it accepts nobody any more.
    while (await fetch(fixture.url).then(() => true, () => false));
    assert.equal(await fixture.stop(), 0);
    assert.ok(Date.now() - begun < 4000, "the limit of a first signal is five seconds");
    socket.terminate();
  });
});
