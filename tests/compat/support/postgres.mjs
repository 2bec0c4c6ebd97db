// A PostgreSQL of the test's own, on a socket in its folder.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const packages = "/usr/lib/postgresql"; // where Debian's package puts what users need not call
const account = "postgres";
const isRoot = userInfo().uid === 0; // as whom PostgreSQL refuses to run

async function programs() {
  const versions = (await readdir(packages)).sort((a, b) => a - b);
  return join(packages, versions.at(-1), "bin");
}

function run(program, options, stdio) {
  const words = isRoot ? ["setpriv", `--reuid=${account}`, `--regid=${account}`, "--clear-groups", "--", program] : [program];
  return spawn(words[0], [...words.slice(1), ...options], { stdio });
}

async function giveAway(folder) {
  if (!isRoot) return;
  const id = (of) => Number(execFileSync("id", [of, account]));
  await chown(folder, id("-u"), id("-g"));
}

async function spawnServer(bin, folder) {
  const options = ["-D", join(folder, "data"), "-k", folder, "-c", "listen_addresses=", "-c", "max_connections=200"];
  const server = run(join(bin, "postgres"), options, ["ignore", "ignore", "pipe"]);
  for await (const line of createInterface(server.stderr)) if (line.includes("ready to accept connections")) break;
  server.stderr.resume();
  return server;
}

export async function startPostgres() {
  const bin = await programs();
  const folder = await mkdtemp(join(tmpdir(), "sockeye-postgres-"));
  await giveAway(folder);
  const made = run(join(bin, "initdb"), ["--pgdata", join(folder, "data"), "--username=sockeye", "--auth=trust", "--encoding=UTF8",
    "--no-locale", "--no-sync"], "ignore");
  const [code] = await once(made, "exit");
  if (code !== 0) throw new Error(`initdb ended with ${code}`);
  let server = await spawnServer(bin, folder);
  const end = async (signal) => {
    server.kill(signal);
    await once(server, "exit");
  };
  return {
    url: `postgresql://sockeye@/postgres?host=${folder}`,
    // At once, as after a loss of power; `start` has it back.
    kill: () => end("SIGQUIT"),
    async start() {
      server = await spawnServer(bin, folder);
    },
    async stop() {
      await end("SIGINT");
      await rm(folder, { recursive: true });
    },
  };
}
