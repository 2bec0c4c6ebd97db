// A client whose connection breaks goes on at another server of the cluster, ours or npm's, with what it missed.
import { after, before, describe, test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { once } from "node:events";
import { recovering } from "./support/adapters.mjs";
import { awaitServers, Member, startCluster } from "./support/cluster.mjs";
import { eventually } from "./support/programs.mjs";

const withoutOffset = ([event, ...args]) => [event, ...args.slice(0, -1)];

for (const [version, adapter] of Object.entries(recovering))
  describe(`recovery in a cluster of sockeye and Node${version}`, { timeout: 60_000 }, () => {
    let cluster;
    before(async () => {
      cluster = await startCluster(adapter, ["sockeye", "node", "sockeye"]);
      for (const nsp of ["/", "/chat"]) await awaitServers(cluster.nodes[1], nsp, 3);
    });
    after(() => cluster?.stop());

    // As if the network were cut: the server notices, and keeps the session.
    async function cut(member) {
      const session = `sio:session:${member.socket._pid}`;
      member.socket.io.engine.transport.ws.terminate();
      await eventually(async () => (await cluster.redis.client.exists(session)) === 1);
    }

    // The same client, connecting to another server.
    async function goOn(member, node, nsp) {
      const again = new Member(node, nsp, { autoConnect: false });
      again.socket._pid = member.socket._pid;
      again.socket._lastOffset = member.socket._lastOffset;
      again.socket.connect();
      await once(again.socket, "connect");
      return again;
    }

    async function hearUpTo(member, last) {
      const heard = [];
      while (!heard.some(([event]) => event === last)) heard.push(...(await member.hear(1)));
      return heard;
    }

    for (const nsp of ["/", "/chat"])
      for (const [from, to] of [[0, 1], [1, 0], [0, 2], [0, 0]])
        test(`${nsp}: from server ${from} to server ${to}`, async () => {
          const [client, ...speakers] = await Promise.all(
            [from, 0, 1].map((i) => new Member(cluster.nodes[i], nsp).connected()),
          );
          await client.do("join", "room");
          await client.do("set-data", { name: "x" });
          await speakers[0].do("broadcast", null, "seen", 1);
          deepEqual((await client.hear(1)).map(withoutOffset), [["seen", 1]]);
          await cut(client);
          for (const [i, speaker] of speakers.entries()) {
            await speaker.do("broadcast", "room", "missed", i, Buffer.from([i]));
            await speaker.do("broadcast", "elsewhere", "not for it");
            await speaker.do("broadcast", client.id, "own", i);
            await speaker.do("broadcast-except", null, "room", "nor this");
            // Heard at the other server too: all before it is in the stream, ahead of what follows.
            await Promise.all(speakers.map((each) => hearUpTo(each, "nor this")));
          }
          const again = await goOn(client, cluster.nodes[to], nsp);
          equal(again.socket.recovered, true);
          equal(again.socket.id, client.id);
          await speakers[1].do("broadcast", "room", "after");
          const heard = await hearUpTo(again, "after");
          deepEqual(heard.map(withoutOffset), [
            ["missed", 0, Buffer.from([0])], ["own", 0], ["missed", 1, Buffer.from([1])], ["own", 1], ["after"],
          ]);
          const found = await speakers[1].do("fetch-sockets", "room");
          deepEqual(found.map(({ id, data }) => ({ id, data })), [{ id: client.id, data: { name: "x" } }]);
          for (const member of [again, ...speakers]) member.leave();
        });
  });
