// Packets of Socket.IO as they are written, to the fixture and to npm's server, over each transport: what comes back must
// be the same, packet by packet, and so must the end of the connection.
import { against } from "./support/differential.mjs";
import { startFixture } from "./support/fixture.mjs";
import { joinedPackets } from "./support/joined_packets.mjs";
import { namespacePackets, version2Packets } from "./support/namespace_packets.mjs";
import { startScenarioReference } from "./support/scenario_reference.mjs";
import { isEnd, PollingWire, WebSocketWire } from "./support/wires.mjs";

const servers = () => ({ ours: startFixture("scenario", "--threads", "4"), reference: startScenarioReference({}) });

// A packet that is answered behind all that was sent before it, and its answer; two of them where the reference gives the
// answers of others a turn later.
const joining = { markers: ["40"], answer: '42["welcome",{"namespace":"/","auth":{},"token":null,"recovered":false}]' };
const within = { markers: ['42999["echo"]'], answer: "43999[]" };
const refused = { markers: ["40/settle,", "40/settle,"], answer: '44/settle,{"message":"Invalid namespace"}' };

// What comes of rounds of packets, until the connection is over.
async function play(wire, rounds, marks) {
  const seen = [];
  const questions = []; // their ids, which clients share
  for (const round of rounds) {
    const packets = [round].flat().map((packet) => withIds(packet, questions));
    seen.push((await wire.round(packets, marks)).map((packet) => withoutIds(packet, questions)));
    if (isEnd(seen.at(-1).at(-1))) break;
  }
  wire.end();
  return seen;
}

function withIds(packet, questions) {
  return typeof packet === "string" ? packet.replace(/\$(\d)/, (_, which) => questions[which]) : packet;
}

function withoutIds(packet, questions) {
  const [, head, id, rest] = /^(42(?:\/\w+,)?)(\d+)(\["question".*)/.exec(packet) ?? [];
  if (!id) return packet;
  questions.push(id);
  return `${head}#${rest}`;
}

// `perform` gets a server's address and rounds.
function compareAll(compare, table, perform) {
  for (const [name, entry] of Object.entries(table)) {
    const { sent = entry, as, hears } = entry;
    if (as) compare(name, flat(perform, sent), undefined, flat(perform, as));
    else compare(name, (url) => perform(url, sent), hears && (() => hears));
  }
}

// Where the reference gets the same in other rounds, all that matters is what came of them.
function flat(perform, rounds) {
  return async (url) => (await perform(url, rounds)).flat();
}

for (const [way, Wire, query3] of [["WebSocket", WebSocketWire, "EIO=3"], ["polling", PollingWire, "EIO=3&b64=1"]]) {
  against(`in the main namespace, over ${way}`, servers, (compare) =>
    compareAll(compare, joinedPackets, async (url, rounds) => {
      const wire = await Wire.open(url);
      await wire.round([], joining);
      return play(wire, rounds, within);
    }));

  against(`in and out of namespaces, over ${way}`, servers, (compare) =>
    compareAll(compare, namespacePackets, async (url, rounds) => play(await Wire.open(url), rounds, refused)));

  against(`clients of version 2, over ${way}`, servers, (compare) =>
    compareAll(compare, version2Packets, async (url, rounds) =>
      play(await Wire.open(url, query3), [[], ...rounds], refused)));
}
