// The same with the msgpack parser. That of version 2 writes CONNECT as text, which socket.io 4 does not read.
import { compareAll } from "./support/matrix.mjs";
import { scenariosOf } from "./support/scenarios.mjs";
import { versions } from "./support/socketio_clients.mjs";

const played = versions.filter(({ number }) => number >= 3);
compareAll("msgpack", { kind: { msgpack: true }, played, scenariosOf });
