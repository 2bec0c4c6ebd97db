// Packets of Socket.IO as they are written, to the fixture and to npm's server, over each transport: what comes back must
// be the same, packet by packet, and so must the end of the connection.
import { against } from "./support/differential.mjs";
import { joinedPackets } from "./support/joined_packets.mjs";
import { namespacePackets, version2Packets } from "./support/namespace_packets.mjs";
import { join, refused, servers, wires, within } from "./support/raw_scenario.mjs";

// What comes of rounds of packets, until the connection is over.
async function play(wire, rounds, marks) {
  const seen = [];
  const questions = []; // their ids, which clients share
  for (const round of rounds) {
    const packets = [round].flat().map((packet) => withIds(packet, questions));
    seen.push((await wire.round(packets, marks)).map((packet) => withoutIds(packet, questions)));
    if (wire.isOver) break;
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

for (const [way, Wire] of Object.entries(wires)) {
  against(`in the main namespace, over ${way}`, servers(), (compare) =>
    compareAll(compare, joinedPackets, async (url, rounds) => play(await join(Wire, url), rounds, within)));

  against(`in and out of namespaces, over ${way}`, servers(), (compare) =>
    compareAll(compare, namespacePackets, async (url, rounds) => play(await Wire.open(url), rounds, refused)));

  against(`clients of version 2, over ${way}`, servers(), (compare) =>
    compareAll(compare, version2Packets, async (url, rounds) =>
      play(await Wire.open(url, "EIO=3&b64=1"), [[], ...rounds], refused)));
}
