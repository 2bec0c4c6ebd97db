// What clients do with a server, told once for all versions, transports and parsers. Each scenario plays with actors
// (socketio_clients.mjs); what these have heard is its transcript.
import assert from "node:assert/strict";
import { Actor, newest } from "./socketio_clients.mjs";

const everyKind = [
  [0, -1, 1.5, -0.001, 1e21, 5e-324, 2 ** 53 - 1, -(2 ** 53)],
  ["", "a\"b\\c\n\u0000", "ключ", "€", "😀", "\u2028", "x".repeat(70_000)],
  [true, false, null, [], {}, [[[]]], { a: { b: { c: [null] } } }],
  { "": 1, 1: "one", __proto: 2, "a b": 3, _placeholder: "not one" },
];

const bytes = (...list) => Buffer.from(list);

// Cuts connections without a word of Socket.IO's.
const closeConnection = ({ socket }) => socket.io.engine.close();

export const scenarios = {
  async "connects and says who it is"(play) {
    const client = play.connect({ token: "word" });
    await client.hears("welcome");
  },

  async "sends what was emitted before it was connected"(play) {
    const client = play.connect();
    client.emit("echo", "early");
    client.emit("echo", "early too", bytes(1));
    await client.hears("echo", 2);
  },

  async "is in several namespaces over one connection"(play) {
    const main = play.connect();
    const others = ["/chat", "/dynamic-1", "/dynamic-22"].map((name) => play.beside(main, name));
    for (const client of [main, ...others]) {
      await client.hears("welcome");
      await client.ask("echo", client.name, bytes(7));
      client.emit("echo", client.name);
      await client.hears("echo");
    }
    others[0].socket.disconnect();
    await main.ask("echo", "still here");
    await others[1].ask("echo", "here too");
  },

  async "leaves a namespace and comes back"(play) {
    const main = play.connect();
    const chat = play.beside(main, "/chat");
    await Promise.all([main.hears("welcome"), chat.hears("welcome")]);
    chat.socket.disconnect();
    // The reference, where it reads both in one go, takes the new CONNECT for a second one and closes the connection.
    await main.ask("echo", "in between");
    chat.socket.connect();
    await chat.hears("welcome", 2);
    await chat.ask("echo", "again");
    await main.ask("echo", "still here");
  },

  async "is refused an unknown namespace and keeps the others"(play) {
    const main = play.connect();
    await main.hears("welcome");
    for (const name of ["/nowhere", "/dynamic-x"]) {
      const refused = play.beside(main, name);
      await refused.until(() => refused.heard.length > 0);
    }
    await main.ask("echo", "still here");
  },

  async "is refused by a middleware without the word, and let in with it"(play) {
    for (const token of [undefined, "wrong", "old"]) {
      const refused = play.connect({ namespace: "/guarded", token });
      await refused.until(() => refused.heard.some(([event]) => event.endsWith("error")));
    }
    const client = play.connect({ namespace: "/guarded", token: "secret" });
    await client.hears("welcome");
    await client.ask("echo", "in");
  },

  async "gets values of every kind as it sent them"(play) {
    const client = play.connect();
    for (const value of everyKind) client.emit("echo", value);
    client.emit("echo", ...everyKind);
    client.emit("echo");
    await client.hears("echo", everyKind.length + 2);
    const sent = everyKind.map((value) => JSON.parse(JSON.stringify(value)));
    await client.ask("echo", ...sent);
  },

  async "gets binary back, wherever it is nested"(play) {
    const client = play.connect();
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    client.emit("echo", Buffer.from(all));
    client.emit("echo", Buffer.alloc(0), [bytes(1), [bytes(2)]], { a: { b: [bytes(3), { c: bytes(4) }] } });
    client.emit("echo", "text between");
    client.emit("echo", ...Array.from({ length: 10 }, (_, i) => bytes(i)));
    await client.hears("echo", 4);
    await client.ask("echo", { deep: [[{ er: Buffer.alloc(20_000, "ab") }]] }, null, bytes(0, 255));
  },

  async "is acknowledged, once"(play) {
    const client = play.connect();
    await client.ask("echo");
    await client.ask("echo", 1, "two", [3], { four: bytes(4) });
    await client.ask("twice");
    await Promise.all([1, 2, 3].map((n) => client.ask("echo", n)));
  },

  async "acknowledges"(play) {
    const client = play.connect();
    client.emit("ask", "plain");
    await client.hears("answer");
    client.emit("ask", { nested: bytes(1, 2) });
    await client.hears("answer", 2);
    client.onQuestion = (what, reply) => reply();
    client.emit("ask", "nothing");
    await client.hears("answer", 3);
    client.onQuestion = (what, reply) => {
      reply("first", bytes(1));
      reply("second");
    };
    client.emit("ask", "twice");
    await client.hears("answer", 4);
  },

  async "is not waited for beyond the server's time-out"(play) {
    const client = play.connect();
    client.emit("ask-in-time", 10_000);
    await client.hears("answer");
    let late;
    client.onQuestion = (what, reply) => (late = reply);
    client.emit("ask-in-time", 50);
    await client.hears("no answer");
    late("too late");
    await client.ask("echo", "still here");
  },

  async "joins and leaves rooms"(play) {
    const client = play.connect();
    await client.ask("rooms");
    await client.ask("join", ["tea"]);
    await client.ask("join", ["tea", "coffee", "привет"]);
    await client.ask("rooms");
    await client.ask("leave", "coffee");
    await client.ask("leave", "never joined");
    await client.ask("rooms");
  },

  async "hears what is cast to its rooms, once, and nothing else"(play) {
    const [a, b, c] = [play.connect(), play.connect(), play.connect()];
    const room = (name) => `${play.tag} ${name}`;
    await Promise.all([
      a.ask("join", [room("one")]),
      b.ask("join", [room("one"), room("two")]),
      c.ask("join", [room("two")]),
    ]);
    a.emit("cast", room("one"), { to: "one", with: bytes(1) });
    await Promise.all([a, b].map((actor) => actor.hears("cast")));
    a.emit("cast-others", room("one"), "to one, but me");
    a.emit("cast", room("nobody"), "to nobody");
    a.emit("cast-except", room("one"), room("two"), "to one without two");
    await Promise.all([a, b].map((actor) => actor.hears("cast", 2)));
    await c.ask("leave", room("two"));
    c.emit("cast", room("two"), "to two");
    await b.hears("cast", 3);
  },

  async "answers a room's question with the others"(play) {
    const clients = [play.connect(), play.connect(), play.connect()];
    const room = `${play.tag} asked`;
    for (const [i, client] of clients.entries()) {
      client.onQuestion = (what, reply) => reply(`answer ${i}`, "and more");
      await client.ask("join", [room]);
    }
    clients[0].emit("cast-ask", room);
    await clients[0].hears("answers");
    clients[0].emit("cast-ask", `${play.tag} nobody`);
    await clients[0].hears("answers", 2);
  },

  // A volatile event is dropped where the client cannot take it at that moment, as between two polls.
  async "gets volatile events when it can take them"(play) {
    const client = play.connect();
    await client.settle();
    let came = 0;
    client.socket.off("volatile");
    client.socket.on("volatile", () => ++came);
    while (!came) {
      client.emit("volatile", "now or never");
      await client.settle();
    }
    client.note("volatile");
  },

  async "says which transport it is on"(play) {
    const client = play.connect();
    await client.settle();
    await client.ask("transport");
  },

  async "disconnects"(play) {
    const { client, watcher } = await play.watched();
    client.socket.disconnect();
    await watcher.hears("gone");
  },

  async "is disconnected from a namespace"(play) {
    const { client, watcher } = await play.watched();
    const closed = new Promise((resolve) => client.socket.io.engine.once("close", resolve)); // by itself: nothing is left
    client.emit("kick", false);
    await Promise.all([client.hears("disconnect"), watcher.hears("gone"), closed]);
    client.socket.connect();
    await client.hears("welcome", 2);
  },

  async "is disconnected from all namespaces at once"(play) {
    const { client, watcher } = await play.watched();
    const chat = play.beside(client, "/chat");
    await chat.hears("welcome");
    await chat.ask("join", ["tea"]);
    client.emit("kick", true);
    await Promise.all([client.hears("disconnect"), chat.hears("disconnect"), watcher.hears("gone", 2)]);
  },

  async "reconnects when the server cuts the connection, and sends what it kept"(play) {
    const { client, watcher } = await play.watched();
    client.emit("cut");
    await client.hears("disconnect");
    client.emit("echo", "kept");
    await Promise.all([client.hears("welcome", 2), client.hears("echo"), watcher.hears("gone")]);
  },

  async "reconnects when its own side lost the connection"(play) {
    const { client, watcher } = await play.watched();
    const chat = play.beside(client, "/chat");
    await chat.hears("welcome");
    closeConnection(client);
    await Promise.all([client.hears("welcome", 2), chat.hears("welcome", 2), watcher.hears("gone", 2)]);
  },

  async "is cut off when it sends what is no packet"(play) {
    const { client, watcher } = await play.watched({ reconnection: false });
    client.socket.io.engine.write("7[]");
    await Promise.all([client.hears("disconnect"), watcher.hears("gone")]);
  },

  async "passes large payloads"(play) {
    const client = play.connect();
    // Base64, which polling needs for binary, takes a third more, and the limit is a megabyte.
    await client.ask("echo", "x".repeat(play.options.parser ? 700_000 : 900_000));
    await client.ask("echo", { large: Buffer.alloc(700_000, "sockeye") });
  },

  async "is cut off above the limit"(play) {
    const { client, watcher } = await play.watched({ reconnection: false });
    await client.settle();
    client.emit("echo", "x".repeat(1_100_000));
    await Promise.all([client.hears("disconnect"), watcher.hears("gone")]);
  },

  async "keeps 10,000 messages in order while it upgrades"(play) {
    const client = play.connect();
    const numbers = Array.from({ length: 10_000 }, (_, i) => i);
    const echoes = [];
    client.socket.off("echo");
    const complete = new Promise((resolve) =>
      client.socket.on("echo", (n) => echoes.push(n) === numbers.length && resolve()),
    );
    await client.hears("connect");
    for (const n of numbers) {
      client.emit("echo", n);
      // Over some turns of the loop, so that the sending meets every phase of the upgrade.
      if (n % 100 === 99) await new Promise(setImmediate);
    }
    await complete;
    assert.deepEqual(echoes, numbers);
    await client.settle();
  },
};

// Of clients that can set a time-out of their own.
export const timeoutScenarios = {
  async "stops waiting at its own time-out"(play) {
    const client = play.connect();
    await client.hears("welcome");
    const error = await new Promise((resolve) => client.socket.timeout(50).emit("never", resolve));
    client.note("not acknowledged", error.message);
    const answer = await new Promise((resolve, reject) =>
      client.socket.timeout(10_000).emit("echo", "in time", (failed, value) => (failed ? reject(failed) : resolve(value))),
    );
    client.note("acknowledged", answer);
  },
};

export function scenariosOf({ number }) {
  return number >= 4.4 ? { ...scenarios, ...timeoutScenarios } : scenarios;
}

// With connection state recovery, for clients that know it. Offsets are the server's own affair, and not told.
export const recoveryScenarios = {
  async "comes back as it was, with what it missed"(play) {
    const { client, watcher } = await play.watched({ reconnectionDelay: 100, reconnectionDelayMax: 100 });
    const room = `${play.tag} room`;
    await client.ask("join", [room]);
    const { id } = client.socket;
    closeConnection(client);
    await watcher.hears("gone");
    watcher.emit("cast", room, "missed");
    watcher.emit("cast", room, { missed: bytes(1, 2) });
    await client.hears("welcome", 2);
    assert.equal(client.socket.id, id);
    client.note("recovered", client.socket.recovered);
    await client.ask("rooms");
  },

  async "starts anew after it has left"(play) {
    const { client, watcher } = await play.watched();
    await client.ask("join", [`${play.tag} room`]);
    const { id } = client.socket;
    client.socket.disconnect();
    await watcher.hears("gone");
    client.socket.connect();
    await client.hears("welcome", 2);
    assert.notEqual(client.socket.id, id);
    client.note("recovered", client.socket.recovered);
    await client.ask("rooms");
  },

  async "starts anew where the server has never met it"(play) {
    const client = play.connect();
    await client.hears("welcome");
    client.socket._pid = "unknown";
    closeConnection(client);
    await client.hears("welcome", 2);
    client.note("recovered", client.socket.recovered);
  },
};

// The stage of one scenario: its actors, all of one version, and who watches them.
export class Play {
  actors = [];

  constructor({ tag, url, version, options }) {
    Object.assign(this, { tag, url, version, options });
  }

  connect(options = {}) {
    return this.#enter(Actor.connect("client", this.url, this.version, { ...this.options, ...options }));
  }

  beside(actor, namespace) {
    return this.#enter(actor.beside(namespace));
  }

  // A client whose end on the server's side another one is told of.
  async watched(options = {}) {
    const { parser } = this.options;
    const watcher = this.#enter(
      Actor.connect("watcher", this.url, newest, { transports: ["websocket"], ...(parser && { parser }) }),
    );
    await watcher.ask("join", [`watch ${this.tag}`]);
    const client = this.connect({ tag: this.tag, ...options });
    await client.hears("welcome");
    await client.settle();
    return { client, watcher };
  }

  #enter(actor) {
    this.actors.push(actor);
    return actor;
  }

  // Plays to the end: what every actor has heard, in the order in which they entered.
  async perform(scenario) {
    await scenario(this);
    for (const actor of this.actors) if (actor.socket.connected) await actor.settle();
    const transcript = this.actors.map(({ name, heard }) => ({ name, heard: [...heard] }));
    this.end();
    return transcript;
  }

  end() {
    for (const { socket } of this.actors) {
      socket.io.reconnection(false);
      socket.disconnect();
      socket.io.engine?.close();
    }
  }
}
