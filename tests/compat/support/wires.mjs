// Engine.IO without a client: packets as they are written, over each transport. A packet is a string with its type in
// front, or a Buffer.
import { connect } from "node:net";
import { WebSocket } from "ws";
import { ask } from "./http.mjs";

const separator = "\x1e";

export class WebSocketWire {
  heard = [];
  #wake = () => {};

  // With what the server said first, or why not, in `handshake`.
  static async open(url, query = "EIO=4") {
    const wire = new WebSocketWire(url, query);
    await wire.until(() => wire.heard.length > 0);
    wire.handshake = wire.heard.shift();
    return wire;
  }

  constructor(url, query) {
    const address = `${url.replace("http", "ws")}/socket.io/?${query}&transport=websocket`;
    const createConnection = (options) => (this.connection = connect(options));
    this.socket = new WebSocket(address, { createConnection, perMessageDeflate: false });
    this.socket.on("message", (data, isBinary) => this.#note(isBinary ? data : data.toString()));
    this.socket.on("close", (code) => this.#note({ closed: code }));
    this.socket.on("error", () => {}); // tells no more than the close that follows
  }

  get isClosed() {
    return this.heard.some((entry) => entry.closed);
  }

  // All in one write, so that the server reads them together.
  write(packets) {
    this.connection.cork();
    for (const packet of packets) this.socket.send(packet, () => {});
    this.connection.uncork();
  }

  async until(condition) {
    while (!condition()) await new Promise((resolve) => (this.#wake = resolve));
  }

  // What comes of some packets: all that is heard until `markers`, sent behind them one by one, have been answered.
  async round(packets, { markers, answer }) {
    this.write(packets);
    for (const [i, marker] of markers.entries()) {
      this.write([marker]);
      await this.until(() => this.isClosed || this.heard.filter((entry) => entry === answer).length > i);
    }
    return this.heard.splice(0).filter((entry) => entry !== answer).map(shown);
  }

  end() {
    this.socket.terminate();
  }

  #note(entry) {
    this.heard.push(entry);
    this.#wake();
  }
}

const taken = { status: 200, body: "ok" };

export class PollingWire {
  // What the handshake was answered is in `handshake`.
  static async open(url, query = "EIO=4") {
    const wire = new PollingWire();
    wire.format = formats[/EIO=(\d)/.exec(query)?.[1] ?? 3];
    wire.address = `${url}/socket.io/?${query}&transport=polling`;
    wire.handshake = await ask(wire.address);
    wire.sid = /"sid":"([^"]+)/.exec(wire.handshake.body)?.[1];
    wire.address += `&sid=${wire.sid}`;
    return wire;
  }

  post(...packets) {
    const headers = { "Content-Type": "text/plain;charset=UTF-8" };
    return ask(this.address, { method: "POST", headers, body: this.format.write(packets) });
  }

  // The packets that were waiting, or a refusal.
  async poll() {
    const { status, body } = await ask(this.address);
    return status === 200 ? this.format.read(body) : [{ status, body }];
  }

  // As over WebSocket. A POST that is refused is told too.
  async round(packets, { markers, answer }) {
    const { status, body } = packets.length ? await this.post(...packets) : taken;
    for (const marker of markers) await this.post(marker);
    const heard = body === taken.body ? [] : [{ refused: status, body }];
    do heard.push(...(await this.poll()));
    while (!isEnd(heard.at(-1)) && heard.filter((entry) => entry === answer).length < markers.length);
    return heard.filter((entry) => entry !== answer);
  }

  end() {}
}

// What a connection says last.
export const isEnd = (entry) => entry === "1" || Boolean(entry?.closed ?? entry?.status);

const base64 = (prefix, packet) => (typeof packet === "string" ? packet : prefix + packet.toString("base64"));

// How packets share a body, by protocol.
const formats = {
  4: {
    write: (packets) => packets.map((packet) => base64("b", packet)).join(separator),
    read: (body) => body.split(separator),
  },
  3: {
    write: (packets) =>
      packets.map((packet) => base64("b4", packet)).map((packet) => `${packet.length}:${packet}`).join(""),
    read(body) {
      const packets = [];
      for (let at = 0; at < body.length; ) {
        const [head, length] = /^(\d+):/.exec(body.slice(at)) ?? [];
        packets.push(body.substr(at + head.length, Number(length)));
        at += head.length + Number(length);
      }
      return packets;
    },
  },
};

function shown(entry) {
  return Buffer.isBuffer(entry) ? { bytes: entry.toString("hex") } : entry;
}
