// Frames of RFC 6455 as clients may send them, well and badly, to the fixture and to npm's server: every frame that comes
// back must be the same, and so must the end of the connection.
import { against } from "./support/differential.mjs";
import { join, servers, within } from "./support/raw_scenario.mjs";
import { frame, WebSocketWire } from "./support/websocket_wire.mjs";

const text = 1, binary = 2, close = 8, ping = 9, pong = 10;
const last = 0x80, compressed = 0x40;
const echo = '42["echo","é"]';
const [head, tail] = [Buffer.from(echo).subarray(0, 11), Buffer.from(echo).subarray(11)]; // between the bytes of é
const attachment = frame(text, '451-["echo",{"_placeholder":true,"num":0}]');

function masked(opcode, payload, key) {
  const bytes = Buffer.from(payload).map((byte, i) => byte ^ key[i % 4]);
  return Buffer.concat([Buffer.of(last | opcode, last | bytes.length), Buffer.from(key), bytes]);
}

function withLength(bytes, payload) {
  return Buffer.concat([Buffer.of(last | text), Buffer.from(bytes), Buffer.alloc(4), Buffer.from(payload)]);
}

function closing(code, reason = "") {
  const payload = Buffer.concat([Buffer.alloc(2), Buffer.from(reason)]);
  payload.writeUInt16BE(code);
  return frame(close, payload);
}

const frames = {
  "a message": [frame(text, echo)],
  "a masked message": [masked(text, echo, [1, 2, 3, 255])],
  "a message in two fragments": [frame(text, head, text), frame(0, tail)],
  "a message in fragments, some empty": [frame(text, "", text), frame(0, echo, 0), frame(0, "", 0), frame(0, "")],
  "binary in two fragments": [attachment, frame(binary, [1], binary), frame(0, [2])],
  "a ping between two fragments": [frame(text, head, text), frame(ping, "hi"), frame(0, tail)],
  "a ping": [frame(ping, "")],
  "a ping with data": [frame(ping, "x".repeat(125))],
  "several pings": [frame(ping, "a"), frame(ping, "b"), frame(ping, "c")],
  "a pong that nobody asked for": [frame(pong, "hi")],
  "a length in more bytes than it needs": [withLength([0xfe, 0, echo.length + 1], echo)],
  "a length in many more bytes": [withLength([0xff, 0, 0, 0, 0, 0, 0, 0, echo.length + 1], echo)],

  "a message that is not masked": [Buffer.concat([Buffer.of(last | text, 4), Buffer.from("4123")])],
  "a compressed message, which was not agreed on": [frame(text, echo, last | compressed | text)],
  "a reserved bit": [frame(text, echo, last | 0x10 | text)],
  "an unknown type of message": [frame(3, echo)],
  "an unknown type of control frame": [frame(11, "")],
  "a fragment that continues nothing": [frame(0, echo)],
  "a message within another": [frame(text, head, text), frame(text, echo)],
  "a ping in fragments": [frame(ping, "a", ping), frame(0, "b")],
  "a ping that is too long": [frame(ping, "x".repeat(126))],
  "text that is no UTF-8": [frame(text, Buffer.from([0x34, 0x32, 0xff]))],
  "text that ends within a character": [frame(text, head)],
  "a length beyond all": [withLength([0xff, 0x80, 0, 0, 0, 0, 0, 0, 0], "")],
  "a length beyond the limit": [withLength([0xff, 0, 0, 0, 0, 0, 0x10, 0, 0], "")],
  "fragments beyond the limit": [frame(text, "x".repeat(600_000), text), frame(0, "x".repeat(600_000))],

  "a close": [frame(close, "")],
  "a close with more behind": [frame(close, ""), frame(text, echo)],
  "a message ahead of a close": [frame(text, echo), closing(1000)],
  "a close within a fragmented message": [frame(text, head, text), closing(1000)],
  "a close with a reason": [closing(1000, "good bye")],
  "a close with half a code": [frame(close, "x")],
  "a close whose reason is no UTF-8": [closing(1000, Buffer.from([0xff]))],
  "a close whose reason is too long": [closing(1000, "x".repeat(124))],
};
for (const code of [0, 999, 1001, 1004, 1005, 1006, 1011, 1012, 1014, 1015, 1016, 2999, 3000, 4999, 5000])
  frames[`a close with the code ${code}`] = [closing(code)];

// Where our server does otherwise: the reference drops what it has not yet handled, and repeats the client's reason.
const differs = {
  "a message ahead of a close": (seen) => [echo, ...seen],
  "a close with a reason": ([end]) => [{ ...end, reason: "" }],
};

against("frames", servers(), (compare) => {
  for (const [name, sent] of Object.entries(frames))
    compare(name, async (url) => {
      const wire = await join(WebSocketWire, url);
      wire.connection.write(Buffer.concat(sent));
      return wire.round([], within);
    }, differs[name]);
});
