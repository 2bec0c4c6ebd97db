// Engine.IO over long-polling, without a client: packets as they are written, like those of websocket_wire.mjs.
import { ask } from "./http.mjs";

const separator = "\x1e";
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
        const [head, length] = /^(\d+):/.exec(body.slice(at));
        packets.push(body.substr(at + head.length, Number(length)));
        at += head.length + Number(length);
      }
      return packets;
    },
  },
};

export class PollingWire {
  isOver = false;

  // With what the server says first in `handshake`.
  static async open(url, query = "EIO=4") {
    const wire = new PollingWire();
    wire.format = formats[/EIO=(\d)/.exec(query)[1]];
    wire.address = `${url}/socket.io/?${query}&transport=polling`;
    wire.handshake = (await wire.poll())[0];
    wire.sid = /"sid":"([^"]+)/.exec(wire.handshake)?.[1];
    wire.address += `&sid=${wire.sid}`;
    return wire;
  }

  async post(...packets) {
    const headers = { "Content-Type": "text/plain;charset=UTF-8" };
    const { status, body } = await ask(this.address, { method: "POST", headers, body: this.format.write(packets) });
    return { status, body };
  }

  // The packets that were waiting, or a refusal.
  async poll() {
    const { status, body } = await ask(this.address);
    const heard = status === 200 ? this.format.read(body) : [{ status, body }];
    this.isOver = status !== 200 || heard.at(-1) === "1";
    return heard;
  }

  // As over WebSocket. A POST that is refused is told too.
  async round(packets, { markers, answer }) {
    const posted = packets.length ? await this.post(...packets) : undefined;
    for (const marker of markers) await this.post(marker);
    const heard = !posted || posted.body === "ok" ? [] : [{ posted }];
    do heard.push(...(await this.poll()));
    while (!this.isOver && heard.filter((entry) => entry === answer).length < markers.length);
    return heard.filter((entry) => entry !== answer);
  }

  async hears(count) {
    const heard = [];
    while (!this.isOver && heard.length < count) heard.push(...(await this.poll()));
    return heard;
  }

  ended() {
    return this.hears(Infinity);
  }

  end() {}
}
