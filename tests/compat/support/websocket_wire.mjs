// Engine.IO over a WebSocket, without a client: packets as they are written. A packet is a string with its type in front,
// or a Buffer.
import { connect } from "node:net";

const opcodes = { text: 1, binary: 2, close: 8 };

// A frame that says it is masked, as clients' must be, by a mask that changes nothing.
export function frame(opcode, payload, first = 0x80 | opcode) {
  const bytes = Buffer.from(payload);
  const length = Buffer.alloc(bytes.length < 126 ? 1 : bytes.length < 65536 ? 3 : 9);
  length[0] = 0x80 | (bytes.length < 126 ? bytes.length : bytes.length < 65536 ? 126 : 127);
  if (length.length === 3) length.writeUInt16BE(bytes.length, 1);
  if (length.length === 9) length.writeBigUInt64BE(BigInt(bytes.length), 1);
  return Buffer.concat([Buffer.of(first), length, Buffer.alloc(4), bytes]);
}

export class WebSocketWire {
  #heard = [];
  #unread = Buffer.alloc(0);
  #wake = () => {};
  isOpen = false;
  isOver = false;

  // With what the server says first, or why it refuses, in `handshake`.
  static async open(url, query = "EIO=4") {
    const wire = new WebSocketWire(url, query);
    await wire.#until(() => wire.#heard.length > 0);
    wire.handshake = wire.#heard.shift();
    return wire;
  }

  constructor(url, query) {
    const { hostname, port } = new URL(url);
    this.connection = connect(port, hostname);
    this.connection.write(
      `GET /socket.io/?${query}&transport=websocket HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\n` +
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    this.connection.on("data", (data) => this.#read(data));
    this.connection.on("error", () => {}); // 'close' follows
    this.connection.on("close", () => this.#finish({ closed: "without a word" }));
  }

  // In one write, so that the server reads all of it together.
  write(...packets) {
    this.connection.write(
      Buffer.concat(packets.map((packet) => frame(typeof packet === "string" ? opcodes.text : opcodes.binary, packet))),
    );
  }

  // What comes of some packets: all that is heard until `markers`, sent behind them one by one, have been answered.
  async round(packets, { markers, answer }) {
    this.write(...packets);
    for (const [i, marker] of markers.entries()) {
      this.write(marker);
      await this.#until(() => this.isOver || this.#heard.filter((entry) => entry === answer).length > i);
    }
    return this.#take().filter((entry) => entry !== answer);
  }

  async opened() {
    await this.#until(() => this.isOpen || this.isOver);
  }

  async hears(count) {
    await this.#until(() => this.isOver || this.#heard.length >= count);
    return this.#take();
  }

  async ended() {
    await this.#until(() => this.isOver);
    return this.#take();
  }

  end() {
    this.connection.destroy();
  }

  #take() {
    return this.#heard.splice(0);
  }

  async #until(condition) {
    while (!condition()) await new Promise((resolve) => (this.#wake = resolve));
  }

  #note(entry) {
    this.#heard.push(entry);
    this.#wake();
  }

  #finish(entry) {
    if (this.isOver) return;
    this.isOver = true;
    this.#note(entry);
  }

  #read(data) {
    this.#unread = Buffer.concat([this.#unread, data]);
    if (!this.isOpen) this.#readHead();
    while (this.isOpen && !this.isOver && this.#readFrame());
  }

  #readHead() {
    const end = this.#unread.indexOf("\r\n\r\n");
    if (end < 0) return;
    const status = Number(this.#unread.toString("latin1", 9, 12));
    this.#unread = this.#unread.subarray(end + 4);
    this.isOpen = status === 101;
    if (this.isOpen) this.#wake();
    else this.connection.on("end", () => this.#finish({ status, body: this.#unread.toString() }));
  }

  // False if it has not come whole. Servers send no fragments.
  #readFrame() {
    if (this.#unread.length < 2) return false;
    const [first, short] = this.#unread;
    const start = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (this.#unread.length < start) return false;
    const long = () => (short === 127 ? Number(this.#unread.readBigUInt64BE(2)) : this.#unread.readUInt16BE(2));
    const end = start + (short < 126 ? short : long());
    if (this.#unread.length < end) return false;
    this.#onFrame(first & 15, this.#unread.subarray(start, end));
    this.#unread = this.#unread.subarray(end);
    return true;
  }

  #onFrame(opcode, payload) {
    if (opcode === opcodes.text) return this.#note(payload.toString());
    if (opcode !== opcodes.close) return this.#note({ opcode, bytes: payload.toString("hex") });
    this.connection.end(frame(opcodes.close, payload));
    this.#finish({ closed: payload.length ? payload.readUInt16BE() : "without a code", reason: payload.toString("utf8", 2) });
  }
}
