// The ways to join servers by Redis: how our fixture is told, how the servers of a namespace are counted, whether rooms
// have channels that members must have subscribed to, the texts of what goes wrong, which servers have emitters, and which
// of three reach all with questions.

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
  asking: [0, 1, 2],
};

const sharded = {
  kind: "sharded",
  ourOptions: ["--adapter", "sharded"],
  count: counted("SHARDNUMSUB", (nsp) => `socket.io#${nsp}#`),
  emitters: [],
  asking: [0, 1, 2],
  roomMembers: (client, nsp, room) => counted("SHARDNUMSUB", () => `socket.io#${nsp}#${room}#`)(client, nsp),
  fetchTimesOut: tooFew,
  binaryForServers: (bytes) => bytes,
};

const streams = {
  kind: "streams",
  emitters: ["sockeye"],
  asking: [0, 1, 2],
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
// Version 0.2 knows no Pub/Sub, and so hears no question of ours, nor of Node's 0.3.
export const olderStreams = {
  ...streams,
  kind: "streams-0.2",
  asking: [2],
  count: async (client, nsp) => (await streams.count(client, nsp)) + 1,
};
// With recovery, events end with their place in the stream.
const withRecovery = (adapter) => ({
  ...adapter,
  kind: `${adapter.kind}-recovery`,
  ourOptions: [...adapter.ourOptions, "--recovery"],
});
export const recovering = { "": withRecovery(streams), ", version 0.2": withRecovery(olderStreams) };
export { tooFew };
