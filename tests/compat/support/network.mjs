// A network that can be cut, between a client and a server.
import { once } from "node:events";
import { connect, createServer } from "node:net";

export async function startNetwork(port) {
  let isCut = false;
  const ends = new Set();
  const server = createServer((client) => {
    if (isCut) return client.destroy();
    const beyond = connect(port, "localhost");
    for (const [end, other] of [[client, beyond], [beyond, client]]) {
      ends.add(end);
      end.pipe(other);
      end.on("error", () => {});
      end.on("close", () => {
        ends.delete(end);
        other.destroy();
      });
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const destroyAll = () => ends.forEach((end) => end.destroy());
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut() {
      isCut = true;
      destroyAll();
    },
    mend: () => (isCut = false),
    stop() {
      server.close();
      destroyAll();
    },
  };
}
