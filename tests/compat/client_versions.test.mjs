// Every version of socket.io-client over every transport, on our server and on npm's: what they hear is the same.
import { compareAll } from "./support/matrix.mjs";
import { scenariosOf } from "./support/scenarios.mjs";
import { versions } from "./support/socketio_clients.mjs";

compareAll("JSON", { kind: {}, played: versions, scenariosOf });
