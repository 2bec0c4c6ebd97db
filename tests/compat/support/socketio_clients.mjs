// socket.io-client in its versions, each behind the same few calls.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import * as msgpackModule from "socket.io-msgpack-parser";

const require = createRequire(import.meta.url);
export const msgpack = msgpackModule.default ?? msgpackModule;

export const transports = {
  polling: { transports: ["polling"] },
  WebSocket: { transports: ["websocket"] },
  upgrade: { transports: ["polling", "websocket"] },
};

const aliases = ["-1.7", "-2.0", "-2.5", "-3.0", "-3.1", "-4.0", "-4.4", "-4.7", ""];

export const versions = aliases.map((alias) => {
  const { version } = require(`socket.io-client${alias}/package.json`);
  return { name: version, number: Number.parseFloat(version), io: require(`socket.io-client${alias}`) };
});

export const newest = versions.at(-1);

// What the servers of the scenarios emit.
const serverEvents = ["welcome", "echo", "answer", "no answer", "volatile", "cast", "answers", "going", "gone"];

// One client in one namespace, which writes down what it is told.
export class Actor {
  heard = [];
  onQuestion = (what, reply) => reply(what, { by: this.name });
  #waiting = new Set();

  constructor(name, socket, version) {
    Object.assign(this, { name, socket, version });
    for (const event of serverEvents) socket.on(event, (...args) => this.note(event, ...this.#withoutOffset(args)));
    socket.on("question", (what, reply) => {
      this.note("question", what);
      this.onQuestion(what, reply);
    });
    socket.on("connect", () => this.note("connect"));
    socket.on("disconnect", (reason, detail) => this.note("disconnect", reason, ...statusOf(detail)));
    socket.on("connect_error", (error) => this.note("connect_error", ...describe(error)));
    socket.on("error", (error) => this.note("error", ...describe(error))); // a refusal, before version 3
  }

  // Connects to a server, on a connection of its own. `token` is said in `auth` and in the query, as far as the version
  // can; `tag` names the client to those who watch it.
  static connect(name, url, version, { namespace = "", token, tag, ...options }) {
    const query = { ...(token && { token }), ...(tag && { tag }) };
    const auth = token ? { token } : {};
    const reconnection = { reconnectionDelay: 10, reconnectionDelayMax: 20 };
    return new Actor(name, version.io(url + namespace, { forceNew: true, query, auth, ...reconnection, ...options }), version);
  }

  // Another namespace on the same connection.
  beside(namespace) {
    return new Actor(this.name + namespace, this.socket.io.socket(namespace), this.version);
  }

  // With recovery a server adds the event's place in its log, which every server writes in its own way.
  #withoutOffset(args) {
    return this.socket._pid ? args.slice(0, -1) : args;
  }

  note(...entry) {
    this.heard.push(entry.map(plain));
    for (const wake of this.#waiting) wake();
  }

  // Until `condition` holds, which is looked at whenever something was heard.
  async until(condition) {
    let wake;
    while (!condition()) await new Promise((resolve) => this.#waiting.add((wake = resolve)));
    this.#waiting.delete(wake);
  }

  hears(event, count = 1) {
    return this.until(() => this.heard.filter(([name]) => name === event).length >= count);
  }

  emit(...event) {
    this.socket.emit(...event);
  }

  // Waits for the acknowledgement, and writes it down.
  async ask(...event) {
    this.note("acknowledged", ...(await this.#acknowledgement(event)));
  }

  #acknowledgement(event) {
    return new Promise((resolve) => this.socket.emit(...event, (...args) => resolve(args)));
  }

  // A round trip: what was on its way has come, and an upgrade that was begun is done.
  async settle() {
    const { engine } = this.socket.io;
    if (engine.opts?.transports.length > 1 || engine.transports.length > 1)
      while (engine.transport.name !== "websocket") await new Promise((resolve) => engine.once("upgrade", resolve));
    await this.#acknowledgement(["echo"]);
  }
}

// What is told with an error or a reason that does not depend on the client's run-time: HTTP statuses, close codes, data.
function statusOf(detail) {
  const status = detail?.description;
  return typeof status === "number" ? [status] : [];
}

function describe(error) {
  if (typeof error !== "object") return [error];
  return [error.message, ...("data" in error ? [error.data] : []), ...statusOf(error)];
}

// What a client repeats in its auth to be recovered.
const serversOwn = new Set(["pid", "offset"]);

// Such that it can be compared and shown.
function plain(value) {
  if (typeof value === "string" && value.length > 1000) return { text: value.length, sha1: digest(value) };
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return plainBytes(Buffer.from(value));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const comparable = Object.entries(value).filter(([key]) => !serversOwn.has(key));
  return Object.fromEntries(comparable.map(([key, item]) => [key, plain(item)]));
}

function plainBytes(bytes) {
  return bytes.length > 1000 ? { bytes: bytes.length, sha1: digest(bytes) } : { bytes: bytes.toString("hex") };
}

function digest(data) {
  return createHash("sha1").update(data).digest("hex");
}
