// Pages in a headless Chromium, through its debugging protocol.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";

export const hasBrowser = spawnSync("chromium", ["--version"]).status === 0;

// Whatever is not on this machine is not found: pages ask for fonts.
const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
  "--remote-debugging-port=0", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
  "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows"];

export async function openBrowser() {
  const profile = await mkdtemp(join(tmpdir(), "chromium-"));
  const program = spawn("chromium", [...flags, `--user-data-dir=${profile}`], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(program, "exit");
  const url = await new Promise((resolve, reject) => {
    createInterface(program.stderr).on("line", (line) => {
      const found = /^DevTools listening on (\S+)/.exec(line);
      if (found) resolve(found[1]);
    });
    ended.then(([code]) => reject(new Error(`chromium ended with ${code}`)));
  });
  const link = new WebSocket(url);
  await once(link, "open");
  const call = caller(link);
  return {
    version: async () => (await call("Browser.getVersion")).product,
    tab: () => openTab(call),
    async close() {
      await call("Browser.close");
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function openTab(call) {
  const { targetId } = await call("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
  const page = (method, params) => call(method, params, sessionId);
  await page("Page.enable");
  await page("Network.enable");
  return {
    open: (address) => page("Page.navigate", { url: address }),
    reload: () => page("Page.reload"),
    close: () => call("Target.closeTarget", { targetId }),
    // Requests fail, and the page is told.
    offline: (whether) =>
      page("Network.emulateNetworkConditions", { offline: whether, latency: 0, downloadThroughput: -1, uploadThroughput: -1 }),
    async evaluate(expression) {
      const { result, exceptionDetails } = await page("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    // Waits until the expression is true of the page.
    async until(expression, patience = 20000) {
      const end = Date.now() + patience;
      while (!(await this.evaluate(`!!(${expression})`))) {
        if (Date.now() > end) throw new Error(`never true: ${expression}\n${await this.evaluate("document.body?.innerText")}`);
        await this.evaluate("new Promise((next) => setTimeout(next, 20))");
      }
    },
  };
}

function caller(link) {
  const waiting = new Map();
  link.on("message", (text) => {
    const { id, result, error } = JSON.parse(text);
    const answer = waiting.get(id);
    if (!answer) return;
    waiting.delete(id);
    error ? answer.reject(new Error(error.message)) : answer.resolve(result);
  });
  let last = 0;
  return (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      link.send(JSON.stringify({ id: last, method, params, sessionId }));
    });
}
