// The reference server with the fixture's manners: Engine.IO at /engine.io/, echo, 404 for everything else. In a worker,
// because the timers of its sessions would outlive the tests by half a minute.
import { createServer } from "node:http";
import { once } from "node:events";
import { createRequire } from "node:module";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

export async function startReference(options) {
  const worker = new Worker(new URL(import.meta.url), { workerData: options });
  const [port] = await once(worker, "message");
  return { url: `http://localhost:${port}`, stop: () => worker.terminate() };
}

if (!isMainThread) {
  const { attach } = createRequire(import.meta.url)("engine.io");
  const http = createServer((request, response) => response.writeHead(404).end());
  const engine = attach(http, workerData);
  engine.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
  await once(http.listen(0, "localhost"), "listening");
  parentPort.postMessage(http.address().port);
}
