// socket.io-client in a browser: the page of examples/chat on its server, and a page of another origin.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, afterEach, before, describe, it } from "node:test";
import { hasBrowser, openBrowser } from "./support/browser.mjs";
import { clientFiles, hasChat, startChat, startFixture } from "./support/fixture.mjs";
import { startNetwork } from "./support/network.mjs";
import { Page } from "./support/page.mjs";

const skip = (!hasBrowser && "there is no chromium") || (!hasChat && "the examples are not built");
const json = JSON.stringify;

// Somebody in the chat.
class Visitor extends Page {
  constructor(tab, name) {
    super(tab);
    this.name = name;
  }
  messages() {
    return this.tab.evaluate(`[...document.querySelectorAll("#messages .message")].map((item) => item.textContent)`);
  }
  async isIn(room) {
    await this.tab.until(`document.getElementById("chat")?.hidden === false`);
    await this.seesJust("here", room);
  }
  async enter(url, room) {
    await this.tab.open(url);
    await this.sees("connection", "connected");
    await this.write("name", this.name);
    await this.write("room", room);
    await this.submit("entrance");
    await this.isIn(room);
  }
  async say(text) {
    await this.write("text", text);
    await this.submit("composer");
  }
}

const ways = {
  polling: { query: "?transport=polling", transport: "polling", closed: "transport error" },
  WebSocket: { query: "?transport=websocket", transport: "websocket", closed: "transport close" },
  upgrade: { query: "", transport: "websocket", closed: "transport close" },
};

describe("the chat in a browser", { skip, timeout: 60_000 }, () => {
  let chat, browser, network;
  let rooms = 0;
  const tabs = new Set();
  const close = (tab) => tabs.delete(tab) && tab.close();
  const visitor = async (name, url, room) => {
    const tab = await browser.tab();
    tabs.add(tab);
    const entered = new Visitor(tab, name);
    await entered.enter(url, room);
    return entered;
  };
  const newRoom = () => `room ${++rooms}`;
  before(async () => {
    chat = await startChat("--threads", "2");
    network = await startNetwork(chat.port);
    browser = await openBrowser();
  });
  afterEach(async () => {
    network.mend();
    await Promise.all([...tabs].map(close));
  });
  after(async () => {
    await browser?.close();
    network?.stop();
    assert.equal(await chat.stop(), 0);
  });

  for (const [way, { query, transport, closed }] of Object.entries(ways)) {
    const meet = async (annsUrl = chat.url) => {
      const room = newRoom();
      const ann = await visitor("Ann", `${annsUrl}/${query}`, room);
      const bob = await visitor("Bob", chat.url, room);
      await ann.sees("people", "Bob");
      return { ann, bob, room };
    };
    const stillHears = async (ann, bob, missed) => {
      await bob.say("and now");
      await ann.sees("messages", "and now");
      assert.deepEqual(await ann.messages(), [...missed, "and now"].map((text) => `Bob: ${text}`));
    };

    it(`passes what is said and that somebody types, ${way}`, async () => {
      const { ann, bob } = await meet();
      await ann.sees("transport", transport);
      assert.equal(await ann.reads("session"), "new");
      for (const [one, other] of [[ann, bob], [bob, ann]]) {
        await one.write("text", "<b>ключ</b> 😀");
        await other.sees("typing", `${one.name} is typing`);
        await one.submit("composer");
        await other.sees("messages", `${one.name}: <b>ключ</b> 😀`);
        await other.seesJust("typing", "");
      }
    });

    it(`hears at once that a tab is closed, ${way}`, async () => {
      const { ann, bob } = await meet();
      await ann.sees("transport", transport);
      await close(ann.tab);
      await bob.sees("messages", `Ann left: ${closed}`);
    });

    it(`has a new session when the page is loaded again, ${way}`, async () => {
      const { ann, bob, room } = await meet();
      await ann.sees("transport", transport);
      await ann.tab.reload();
      await bob.sees("messages", `Ann left: ${closed}`);
      await bob.sees("messages", "Ann came");
      await ann.isIn(room);
      assert.equal(await ann.reads("session"), "new");
      await stillHears(ann, bob, []);
    });

    it(`recovers what was said while the network was cut, ${way}`, async () => {
      const { ann, bob } = await meet(network.url);
      await ann.sees("transport", transport);
      network.cut();
      await bob.sees("messages", "Ann left");
      await ann.sees("connection", "lost: transport");
      for (const text of ["missed", "missed too"]) await bob.say(text);
      await bob.sees("messages", "missed too");
      network.mend();
      await bob.sees("messages", "Ann came");
      await ann.sees("session", "recovered");
      await stillHears(ann, bob, ["missed", "missed too"]);
    });
  }

  it("recovers what was said while the browser was offline", async () => {
    const room = newRoom();
    // Under the name "localhost" the client does not listen to the browser's word for it.
    const ann = await visitor("Ann", network.url, room);
    const bob = await visitor("Bob", chat.url, room);
    await ann.sees("transport", "websocket");
    await ann.tab.offline(true);
    await bob.sees("messages", "Ann left: transport close");
    await bob.say("missed");
    await bob.sees("messages", "missed");
    await ann.tab.offline(false);
    await ann.sees("session", "recovered");
    await ann.sees("messages", "Bob: missed");
    assert.deepEqual(await ann.messages(), ["Bob: missed"]);
  });

  it("leaves one room for another", async () => {
    const [first, second] = [newRoom(), newRoom()];
    const ann = await visitor("Ann", chat.url, first);
    const bob = await visitor("Bob", chat.url, first);
    await ann.click("leave");
    await bob.sees("messages", "Ann left: went to another room");
    await ann.write("room", second);
    await ann.submit("entrance");
    await ann.isIn(second);
    for (const one of [bob, ann]) await one.say("hello");
    await ann.sees("messages", "Ann: hello");
    assert.deepEqual(await ann.messages(), ["Ann: hello"]);
    assert.deepEqual(await bob.messages(), ["Bob: hello"]);
  });

  it("tells several tabs the same in the same order", async () => {
    const room = newRoom();
    const names = ["Ann", "Bob", "Cleo", "Dan", "Eve"];
    const queries = [...Object.values(ways), ...Object.values(ways)].map(({ query }) => query);
    const all = await Promise.all(names.map((name, i) => visitor(name, `${chat.url}/${queries[i]}`, room)));
    for (const one of all) for (const name of names) await one.sees("people", name);
    await Promise.all(all.map((one) => one.say(`this is ${one.name}`)));
    for (const one of all) for (const name of names) await one.sees("messages", `this is ${name}`);
    const [first, ...others] = await Promise.all(all.map((one) => one.messages()));
    for (const heard of others) assert.deepEqual(heard, first);
  });
});

async function servePage(text) {
  const server = createServer((request, response) => response.writeHead(200, { "Content-Type": "text/html" }).end(text));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe("a page of another origin", { skip: !hasBrowser && "there is no chromium", timeout: 60_000 }, () => {
  let fixture, browser, tab, allowed, foreign;
  before(async () => {
    [allowed, foreign, browser] = await Promise.all([servePage(""), servePage(""), openBrowser()]);
    const cors = ["--allowed-origin", allowed.origin, "--credentials"];
    fixture = await startFixture("scenario", "--threads", "2", "--client-files", clientFiles, ...cors);
    tab = await browser.tab();
  });
  after(async () => {
    await browser?.close();
    for (const page of [allowed, foreign]) page?.stop();
    assert.equal(await fixture?.stop(), 0);
  });

  const visit = async ({ origin }) => {
    await tab.open(origin);
    await tab.until(`location.origin === "${origin}" && document.readyState === "complete"`);
    await tab.evaluate(`new Promise((resolve) => {
      const script = document.createElement("script");
      script.src = "${fixture.url}/socket.io/socket.io.js";
      script.onload = resolve;
      document.head.append(script);
    })`);
  };
  // What the server was told in the handshake, and the id of the connection; or the error.
  const connect = (options) =>
    tab.evaluate(`new Promise((resolve) => {
      const socket = io("${fixture.url}", ${json({ forceNew: true, reconnection: false, ...options })});
      socket.on("connect_error", ({ message }) => resolve({ error: message }));
      socket.on("connect", () => socket.emit("handshake", ({ headers }) => {
        resolve({ id: socket.io.engine.id, headers });
        socket.disconnect();
      }));
    })`);

  for (const [way, transports] of Object.entries({ polling: ["polling"], WebSocket: ["websocket"] }))
    it(`is given a cookie, and sends it with its credentials, ${way}`, async () => {
      await visit(allowed);
      const first = await connect({ transports: ["polling"], withCredentials: true });
      assert.equal(first.headers.origin, allowed.origin);
      const second = await connect({ transports, withCredentials: true });
      assert.equal(second.headers.cookie, `io=${first.id}`);
    });

  it("neither keeps nor sends cookies without credentials", async () => {
    await visit(allowed);
    const first = await connect({ transports: ["polling"], withCredentials: true });
    const { headers } = await connect({ transports: ["polling"] });
    assert.equal(headers.cookie, undefined);
    const third = await connect({ transports: ["polling"], withCredentials: true });
    assert.equal(third.headers.cookie, `io=${first.id}`);
  });

  it("is not let in by polling if its origin is not allowed", async () => {
    await visit(foreign);
    for (const withCredentials of [true, false])
      assert.deepEqual(await connect({ transports: ["polling"], withCredentials }), { error: "xhr poll error" });
  });
});
