// examples/js-client/script.mjs: what a client does from Node, at one server and at two.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "node:test";
import { hasApp, root, startApp } from "./support/fixture.mjs";
import { freePort } from "./support/programs.mjs";
import { startRedis } from "./support/redis.mjs";

const skip = !hasApp && "the server is not built";

describe("the script of examples/js-client", { skip, timeout: 60_000 }, () => {
  let folder;
  before(async () => {
    // As after `npm install` there.
    folder = await mkdtemp(join(tmpdir(), "sockeye-script-"));
    await cp(join(root, "examples/js-client"), folder, { recursive: true });
    await rm(join(folder, "node_modules"), { recursive: true, force: true });
    await symlink(fileURLToPath(new URL("node_modules", import.meta.url)), join(folder, "node_modules"));
  });
  after(() => rm(folder, { recursive: true }));

  const run = async (...urls) => {
    const script = spawn(process.execPath, [join(folder, "script.mjs"), ...urls]);
    let output = "";
    for (const stream of [script.stdout, script.stderr]) stream.on("data", (text) => (output += text));
    const [code] = await once(script, "close");
    return { code, output };
  };

  it("goes through every service at one server", async (t) => {
    const server = await startApp();
    t.after(() => server.stop());
    const { code, output } = await run(server.url);
    assert.equal(code, 0, output);
    for (const service of ["users", "presence", "rooms", "sessions", "metronome", "cases", "cluster"])
      assert.match(output, new RegExp(`^${service}\n  ✓`, "m"));
  });

  it("goes through every service at two servers", async (t) => {
    const redis = await startRedis();
    t.after(() => redis.stop());
    const servers = await Promise.all([1, 2].map(() => startApp("--redis-url", redis.url)));
    t.after(() => Promise.all(servers.map((server) => server.stop())));
    const { code, output } = await run(...servers.map(({ url }) => url));
    assert.equal(code, 0, output);
  });

  it("fails where no server is", async () => {
    const { code, output } = await run(`http://localhost:${await freePort()}`);
    assert.equal(code, 1);
    assert.match(output, /waited in vain for connect/);
  });
});
