// HTTP that hides nothing: what was answered, field by field, or that nothing was.
import { request } from "node:http";
import { connect } from "node:net";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

// What two servers may do differently without a client noticing.
const framing = new Set(["connection", "content-length", "date", "keep-alive", "transfer-encoding"]);
const decoders = { gzip: gunzipSync, deflate: inflateSync, br: brotliDecompressSync };

// On a connection of its own. Resolves to { status, headers, body }, headers without those of the framing.
export function ask(url, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve(answer(response, Buffer.concat(chunks))));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

function answer({ statusCode: status, headers: all }, bytes) {
  const headers = Object.fromEntries(Object.entries(all).filter(([name]) => !framing.has(name)));
  const decode = decoders[headers["content-encoding"]] ?? ((unchanged) => unchanged);
  const binary = headers["content-type"] === "application/octet-stream";
  return { status, headers, body: decode(bytes).toString(binary ? "hex" : "utf8") };
}

// Sends bytes as they are; resolves to all that came until the server closed.
export function exchange(url, text) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(port, hostname, () => socket.write(text));
    let received = "";
    socket.setEncoding("latin1");
    socket.on("data", (data) => (received += data));
    socket.on("error", reject);
    socket.on("end", () => socket.end());
    socket.on("close", () => resolve(received));
  });
}
