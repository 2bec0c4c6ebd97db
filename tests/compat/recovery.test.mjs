// Connection state recovery, with the versions that know it, on our server and on npm's.
import { compareAll } from "./support/matrix.mjs";
import { recoveryScenarios } from "./support/scenarios.mjs";
import { versions } from "./support/socketio_clients.mjs";

const played = versions.filter(({ number }) => number >= 4.6);
compareAll("recovery", { kind: { recovery: true }, played, scenariosOf: () => recoveryScenarios });
