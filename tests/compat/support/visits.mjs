// Visits to the page of sockeye-server: at one server, and at two that share a Redis.
import assert from "node:assert/strict";
import { after, afterEach, before, describe } from "node:test";
import { hasBrowser, openBrowser } from "./browser.mjs";
import { clientFiles, hasApp, startApp } from "./fixture.mjs";
import { Page } from "./page.mjs";
import { startRedis } from "./redis.mjs";

export const skip = (!hasBrowser && "there is no chromium") || (!hasApp && "the server is not built");

// Somebody who is signed in.
export class Visitor extends Page {
  constructor(tab, name) {
    super(tab);
    this.name = name;
  }
  isOnline() {
    return this.tab.until(`document.getElementById("state")?.dataset.state === "online"`);
  }
  async enter(url) {
    await this.tab.open(url);
    await this.isOnline();
    await this.submit("register", { userId: this.name });
    await this.seesJust("me", this.name);
    await this.sees("presence-users", this.name);
  }
  // The words in which a section tells that something went wrong.
  isTold(section, problem) {
    return this.tab.until(`document.querySelector("#${section} .problem").textContent === ${JSON.stringify(problem)}`);
  }
  // How many pixels of the shared screen are painted.
  painted() {
    return this.tab.evaluate(`{
      const canvas = document.getElementById("screen");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      data.filter((_, i) => i % 4 === 3).reduce((count, opacity) => count + (opacity > 0), 0);
    }`);
  }
  // When each beat was shown, by its number, once that many have been.
  async beats(count) {
    await this.tab.evaluate(`{
      window.beats = {};
      document.getElementById("metronome").addEventListener("beat", ({ detail }) => (window.beats[detail] = Date.now()));
    }`);
    return async () => {
      await this.tab.until(`Object.keys(window.beats).length >= ${count}`);
      return this.tab.evaluate("window.beats");
    };
  }
}

const places = {
  "one server": { count: 1, store: "this server's memory" },
  "two servers, one Redis": { count: 2, store: "Redis" },
};

// `define` is given a place, and defines tests of what visitors of that kind see and do there.
export function atEachPlace(title, define, Kind = Visitor) {
  for (const [name, place] of Object.entries(places))
    describe(`${title} at ${name}`, { skip, timeout: 120_000 }, () => define({ ...place, ...visits(place.count, Kind) }));
}

function visits(count, Kind) {
  let redis, browser;
  let last = 0;
  const servers = [];
  const tabs = new Set();
  const close = (tab) => tabs.delete(tab) && tab.close();
  const newName = (what) => `${what} ${++last}`;
  const enter = async (name, url) => {
    const tab = await browser.tab();
    tabs.add(tab);
    const entered = new Kind(tab, name);
    await entered.enter(url);
    return entered;
  };
  // Ann is at the first server, Ben at the last.
  const meet = async () => ({
    ann: await enter(newName("Ann"), servers[0].url),
    ben: await enter(newName("Ben"), servers.at(-1).url),
  });

  before(async () => {
    redis = count > 1 ? await startRedis() : null;
    const options = redis ? ["--redis-url", redis.url] : [];
    for (let i = 0; i < count; ++i) servers.push(await startApp("--client-files", clientFiles, ...options));
    browser = await openBrowser();
  });
  afterEach(() => Promise.all([...tabs].map(close)));
  after(async () => {
    await browser?.close();
    const codes = await Promise.all(servers.map((server) => server.stop()));
    await redis?.stop();
    assert.deepEqual(codes, servers.map(() => 0));
  });
  return { servers, enter, meet, newName, close };
}
