// What all need that start programs of the system.
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

export async function eventually(condition, patience = 20_000) {
  const deadline = Date.now() + patience;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("waited in vain");
    await new Promise((next) => setTimeout(next, 2));
  }
}

// The signal reaches a process's threads one by one.
async function isStopped(pid) {
  const threads = await readdir(`/proc/${pid}/task`);
  const states = await Promise.all(threads.map((id) => readFile(`/proc/${pid}/task/${id}/stat`, "utf8")));
  return states.every((state) => state.slice(state.lastIndexOf(")") + 2).startsWith("T"));
}

export async function freeze(pid) {
  process.kill(pid, "SIGSTOP");
  await eventually(() => isStopped(pid));
}

export const thaw = (pid) => process.kill(pid, "SIGCONT");
