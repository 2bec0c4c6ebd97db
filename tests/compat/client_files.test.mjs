// The browser's client as npm's socket.io serves it and as we do, from the same files: status, headers and bodies must be
// equal, but for what docs/differences.md says.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import { Server } from "socket.io";
import { clientFiles, startFixture } from "./support/fixture.mjs";
import { ask } from "./support/http.mjs";

const bundles = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"];
const files = bundles.flatMap((bundle) => [bundle, bundle + ".map"]);
const origin = "https://client.example";

async function startReference(options) {
  const http = createServer((request, response) => response.writeHead(404).end());
  const io = new Server(http, options);
  await once(http.listen(0, "localhost"), "listening");
  return { url: `http://localhost:${http.address().port}`, stop: () => io.close() };
}

// What we say more than the reference: that the answer depends on Accept-Encoding, and in a 304 what would stand in the
// 200 that it stands for.
function withDifferences({ status, headers, body }) {
  if (status !== 200 && status !== 304) return { status, headers, body };
  const more = { vary: ["Accept-Encoding", headers.vary].filter(Boolean).join(", ") };
  if (status === 304) Object.assign(more, { "cache-control": "public, max-age=0", etag: '"4.8.4"' });
  return { status, headers: { ...headers, ...more }, body };
}

function against(title, commandLine, options, tests) {
  describe(title, { timeout: 60_000 }, () => {
    const servers = {};
    before(async () => {
      servers.ours = await startFixture("load", "--client-files", clientFiles, ...commandLine);
      servers.reference = await startReference(options);
    });
    after(() => Promise.all([servers.ours.stop(), servers.reference.stop()]));
    tests((name, path, request) =>
      it(name, async () => {
        const [ours, reference] = await Promise.all(
          [servers.ours, servers.reference].map(({ url }) => ask(url + path, request)),
        );
        assert.deepEqual(ours, withDifferences(reference));
      }),
    );
  });
}

const encodings = [
  "br",
  "gzip",
  "deflate",
  "gzip, deflate, br, zstd",
  "deflate, gzip",
  "br;q=0.5, gzip;q=0.8",
  "br;q=0, gzip;q=0, deflate",
  "*",
  "*;q=0",
  "gzip;q=0, *",
  "identity",
  "zstd",
  "BR",
];

const known = ['"4.8.4"', 'W/"4.8.4"', '"4.8.3"', "4.8.4", '"4.8.4', ""];

const others = ["socket.io.esm.js", "socket.io.slim.js", "package.json", "../package.json", "socket.io.js/", "Socket.io.js"];

against("client files", ["--threads", "2"], {}, (same) => {
  for (const file of files) same(`GET ${file}`, `/socket.io/${file}`);
  for (const method of ["HEAD", "POST", "PUT", "OPTIONS"]) same(`${method} a file`, "/socket.io/socket.io.min.js", { method });
  for (const query of ["?", "?v=4", "?EIO=4&transport=polling&sid=x", "?a?b"])
    same(`with the query ${query}`, `/socket.io/socket.io.min.js${query}`);
  for (const accepted of encodings)
    same(`Accept-Encoding: ${accepted}`, "/socket.io/socket.io.js", { headers: { "Accept-Encoding": accepted } });
  for (const tag of known)
    same(`If-None-Match: ${tag}`, "/socket.io/socket.io.js.map", { headers: { "If-None-Match": tag } });
  for (const name of others) same(`not ${name}`, `/socket.io/${name}`);
  same("not above the path", "/socket.io.js");
});

against("client files with CORS", ["--allowed-origin", origin], { cors: { origin: [origin] } }, (same) => {
  for (const method of ["GET", "HEAD", "OPTIONS"])
    for (const from of [origin, "https://other.example"])
      same(`${method} from ${from}`, "/socket.io/socket.io.js", { method, headers: { Origin: from } });
  same("304", "/socket.io/socket.io.js", { headers: { Origin: origin, "If-None-Match": '"4.8.4"' } });
});
