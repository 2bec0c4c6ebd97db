// node tests/compat/support/write_table.mjs: runs the scenarios and writes their results into docs/compat.md.
import { readFileSync, writeFileSync } from "node:fs";
import { run } from "node:test";
import { fileURLToPath } from "node:url";
import { transports } from "./socketio_clients.mjs";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const files = ["client_versions", "client_versions_msgpack", "recovery"].map((name) => path(`../${name}.test.mjs`));
const page = path("../../../docs/compat.md");

// Row by row, "4.8.4, JSON": { polling: { passed, failed }, … }. A group of tests is named "4.8.4, JSON, polling", and
// its tests are reported before it is.
async function results() {
  const rows = new Map();
  let group = { passed: 0, failed: 0 };
  const count = (key) => ({ name, nesting }) => {
    if (nesting === 2) ++group[key];
    if (nesting !== 1) return;
    const [version, played, way] = name.split(", ");
    const row = `${version}, ${played}`;
    rows.set(row, { ...rows.get(row), [way]: group });
    group = { passed: 0, failed: 0 };
  };
  const events = run({ files, concurrency: 1 });
  events.on("test:pass", count("passed"));
  events.on("test:fail", count("failed"));
  await events.resume().toArray();
  return rows;
}

const cell = ({ passed, failed }) => `${passed} of ${passed + failed}`;

function table(rows) {
  const ways = Object.keys(transports);
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [
    line(["socket.io-client", ...ways]),
    `|${"---|".repeat(ways.length + 1)}`,
    ...[...rows].map(([name, row]) => line([name, ...ways.map((way) => cell(row[way]))])),
  ].join("\n");
}

const written = table(await results());
const text = readFileSync(page, "utf8").replace(
  /(<!-- scenarios: .* -->\n)[^]*(\n<!-- end -->)/,
  (all, before, after) => before + written + after,
);
writeFileSync(page, text);
