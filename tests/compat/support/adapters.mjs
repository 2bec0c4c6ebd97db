// The ways to join servers by Redis: how our fixture is told, how the servers of a namespace are counted, whether rooms
// have channels that members must have subscribed to, the texts of what goes wrong, and which servers have emitters.

const counted = (command, channel) => async (client, nsp) =>
  Number((await client.sendCommand(["PUBSUB", command, channel(nsp)]))[1]);
const tooFew = (got, asked) => `timeout reached: only ${got} responses received out of ${asked}`;

const classic = {
  kind: "classic",
  ourOptions: [],
  count: counted("NUMSUB", (nsp) => `socket.io-request#${nsp}#`),
  fetchTimesOut: () => "timeout reached while waiting for fetchSockets response",
  // What becomes of binary in what servers tell each other.
  binaryForServers: (bytes) => bytes.toJSON(),
  emitters: ["sockeye", "node"],
};

const sharded = {
  kind: "sharded",
  ourOptions: ["--adapter", "sharded"],
  count: counted("SHARDNUMSUB", (nsp) => `socket.io#${nsp}#`),
  emitters: [],
  roomMembers: (client, nsp, room) => counted("SHARDNUMSUB", () => `socket.io#${nsp}#${room}#`)(client, nsp),
  fetchTimesOut: tooFew,
  binaryForServers: (bytes) => bytes,
};

const streams = {
  kind: "streams",
  emitters: ["sockeye"],
  ourOptions: ["--adapter", "streams"],
  count: counted("NUMSUB", (nsp) => `socket.io#${nsp}#`),
  fetchTimesOut: tooFew,
  binaryForServers: (bytes) => bytes,
};

export const adapters = {
  classic,
  "classic, answers on channels of their own": { ...classic, kind: "classic-specific" },
  sharded,
  streams,
};
// With recovery, events end with their place in the stream.
export const recovering = { ...streams, kind: "streams-recovery", ourOptions: [...streams.ourOptions, "--recovery"] };
export { tooFew };
