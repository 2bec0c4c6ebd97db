// Upgrades from polling to WebSocket, packet by packet, at the fixture and at npm's server: what is heard on either side
// must be the same.
import { against } from "./support/differential.mjs";
import { PollingWire } from "./support/polling_wire.mjs";
import { joining, servers, within } from "./support/raw_scenario.mjs";
import { WebSocketWire } from "./support/websocket_wire.mjs";

// A polling client in the main namespace, and a WebSocket on which it may go on.
async function upgrade(url, query = "EIO=4") {
  const polling = await PollingWire.open(url, query);
  await polling.round([], query === "EIO=4" ? joining : within); // clients of version 2 have joined
  const webSocket = new WebSocketWire(url, `${query}&sid=${polling.sid}`);
  await webSocket.opened();
  return { polling, webSocket };
}

async function probe({ webSocket }) {
  webSocket.write("2probe");
  await webSocket.hears(1);
}

const instead = {
  "a ping that is no probe": "2",
  "a ping of something else": "2probes",
  "a pong": "3probe",
  "a message": "40",
  "no packet": "x",
  "binary": Buffer.from("2probe"),
};

against("upgrades", servers(), (compare) => {
  for (const query of ["EIO=4", "EIO=3&b64=1"]) {
    compare(`while a poll waits, ${query}`, async (url) => {
      const { polling, webSocket } = await upgrade(url, query);
      const waiting = polling.poll();
      await probe({ webSocket });
      const told = await waiting;
      webSocket.write("5");
      return [told, await webSocket.round(['42["echo",1]'], within)];
    });
    compare(`while none waits, ${query}`, async (url) => {
      const { webSocket, ...rest } = await upgrade(url, query);
      await probe({ webSocket, ...rest });
      webSocket.write("5");
      return webSocket.round(['42["echo",1]'], within);
    });
    compare(`with the upgrade and an event in one go, ${query}`, async (url) => {
      const sides = await upgrade(url, query);
      await probe(sides);
      return sides.webSocket.round(["5", '42["echo",1]'], within);
    });
  }

  compare("with answers that were waiting", async (url) => {
    const sides = await upgrade(url);
    await sides.polling.post('421["echo"]', '42["echo",2]', '451-["echo",{"_placeholder":true,"num":0}]', Buffer.from([1]));
    await probe(sides);
    sides.webSocket.write("5");
    return sides.webSocket.round([], within);
  });

  compare("with events over polling behind the probe", async (url) => {
    const sides = await upgrade(url);
    await probe(sides);
    const polled = await sides.polling.round(['42["echo",1]'], within);
    sides.webSocket.write("5");
    return [polled, await sides.webSocket.round(['42["echo",2]'], within)];
  });

  compare("and then polling", async (url) => {
    const sides = await upgrade(url);
    await probe(sides);
    sides.webSocket.write("5");
    const before = await sides.webSocket.round([], within);
    const { status, body } = await sides.polling.post('42["echo",1]');
    return [before, { status, body }, await sides.polling.poll(), await sides.webSocket.round([], within)];
  });

  compare("and then another", async (url) => {
    const sides = await upgrade(url);
    await probe(sides);
    sides.webSocket.write("5");
    await sides.webSocket.round([], within);
    const again = new WebSocketWire(url, `EIO=4&sid=${sides.polling.sid}`);
    again.write("2probe");
    return [await again.ended(), await sides.webSocket.round(['42["echo",1]'], within)];
  });

  compare("two at a time", async (url) => {
    const sides = await upgrade(url);
    const second = new WebSocketWire(url, `EIO=4&sid=${sides.polling.sid}`);
    const seen = await second.ended();
    await probe(sides);
    sides.webSocket.write("5");
    return [seen, await sides.webSocket.round(['42["echo",1]'], within)];
  });

  compare("a probe that comes twice", async (url) => {
    const sides = await upgrade(url);
    await probe(sides);
    await probe(sides);
    sides.webSocket.write("5");
    return sides.webSocket.round(['42["echo",1]'], within);
  });

  for (const [name, packet] of Object.entries(instead))
    compare(`${name} in place of the probe`, async (url) => {
      const { polling, webSocket } = await upgrade(url);
      webSocket.write(packet);
      return [await webSocket.ended(), await polling.round(['42["echo",1]'], within)];
    });

  compare("a message behind the probe", async (url) => {
    const sides = await upgrade(url);
    sides.webSocket.write(["2probe", '42["echo",1]']);
    return [await sides.webSocket.ended(), await sides.polling.round(['42["echo",2]'], within)];
  });

  compare("without a probe", async (url) => {
    const { polling, webSocket } = await upgrade(url);
    webSocket.write("5");
    return [await webSocket.round(['42["echo",1]'], within), await polling.poll()];
  });

  compare("one that the client gives up", async (url) => {
    const sides = await upgrade(url);
    await probe(sides);
    sides.webSocket.end();
    return sides.polling.round(['42["echo",1]'], within);
  });
});
