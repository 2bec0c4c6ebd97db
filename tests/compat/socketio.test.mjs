// The newest socket.io-client against the Socket.IO half of the fixtures, over each transport.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { io } from "socket.io-client";
import * as msgpack from "socket.io-msgpack-parser";
import { startFixture } from "./support/fixture.mjs";

const everything = { list: [1, 2.5, -0.001, "€ 😀", null, true, {}], big: 9007199254740991, deep: { er: [[]] } };

const received = (socket, event) => new Promise((resolve) => socket.once(event, (...args) => resolve(args)));

const transports = {
  polling: { transports: ["polling"] },
  websocket: { transports: ["websocket"] },
  upgrade: { transports: ["polling", "websocket"] },
};
const parsers = { JSON: {}, msgpack: { parser: msgpack.default ?? msgpack } };

for (const [parserName, parserOptions] of Object.entries(parsers))
  for (const [transportName, transportOptions] of Object.entries(transports))
    describe(`socket.io-client over ${transportName}, ${parserName}`, () => {
      let fixture;
      const sockets = [];
      const connect = async (namespace = "", options = {}) => {
        const socket = io(fixture.url + namespace, { forceNew: true, ...parserOptions, ...transportOptions, ...options });
        sockets.push(socket);
        await received(socket, "connect");
        return socket;
      };
      before(async () => {
        const options = parserName === "msgpack" ? ["--parser", "msgpack"] : [];
        fixture = await startFixture("load", "--threads", "2", ...options);
      });
      after(async () => {
        for (const socket of sockets) socket.close();
        assert.equal(await fixture.stop(), 0);
      });

      it("acknowledges with what was sent, binary included", async () => {
        const socket = await connect();
        assert.deepEqual(await socket.timeout(5000).emitWithAck("echo", everything), everything);
        const bytes = Buffer.from([0, 1, 254, 255]);
        assert.deepEqual(await socket.timeout(5000).emitWithAck("echo", { nested: [bytes] }), { nested: [bytes] });
      });

      it("casts to the members of a room, each once, and to nobody else", async () => {
        const [inside, inside2, outside] = [await connect(), await connect(), await connect()];
        for (const socket of [inside, inside2]) assert.equal(await socket.timeout(5000).emitWithAck("join", "tea"), true);
        const heard = [];
        outside.on("cast", () => heard.push("outside"));
        inside.on("cast", () => heard.push("inside"));
        const arrived = received(inside2, "cast");
        await outside.timeout(5000).emitWithAck("cast", "tea", 1, { two: Buffer.from("2") });
        assert.deepEqual(await arrived, [1, { two: Buffer.from("2") }]);
        // Another round trip of each: whatever else was on its way has come.
        for (const socket of [inside, outside]) await socket.timeout(5000).emitWithAck("echo", 1);
        assert.deepEqual(heard, ["inside"]);
      });

      it("keeps 2,000 messages in order", async () => {
        const socket = await connect();
        const answers = [];
        await new Promise((resolve) => {
          for (let i = 0; i < 2000; i++) socket.emit("echo", i, (n) => answers.push(n) === 2000 && resolve());
        });
        assert.deepEqual(answers, [...answers.keys()]);
      });

      it("refuses an unknown namespace and keeps the connection", async () => {
        const socket = await connect();
        const [error] = await received(socket.io.socket("/nowhere").connect(), "connect_error");
        assert.equal(error.message, "Invalid namespace");
        assert.equal(await socket.timeout(5000).emitWithAck("echo", "still here"), "still here");
      });

      it("passes a large payload", async () => {
        const socket = await connect();
        // Base64, which binary needs over polling, takes a third more, and the limit is a megabyte.
        const large = "x".repeat(parserName === "msgpack" ? 700_000 : 900_000);
        assert.equal(await socket.timeout(10_000).emitWithAck("echo", large), large);
      });
    });

describe("the protocol fixture", () => {
  it("hands the client's auth to the application, in each namespace", async () => {
    const fixture = await startFixture("protocol", "--ping-timeout", "20000");
    for (const namespace of ["", "/custom"]) {
      const socket = io(fixture.url + namespace, { forceNew: true, auth: { token: "123" } });
      assert.deepEqual(await received(socket, "auth"), [{ token: "123" }]);
      socket.close();
    }
    assert.equal(await fixture.stop(), 0);
  });
});
