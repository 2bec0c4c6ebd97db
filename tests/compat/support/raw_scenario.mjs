// The fixture's profile `scenario` and its like in JavaScript, and packets that tell when they have answered.
import { startFixture } from "./fixture.mjs";
import { PollingWire } from "./polling_wire.mjs";
import { startScenarioReference } from "./scenario_reference.mjs";
import { WebSocketWire } from "./websocket_wire.mjs";

// `commandLine` is the fixture's, `kind` says the same for startScenarioReference.
export function servers(commandLine = [], kind = {}) {
  return () => ({
    ours: startFixture("scenario", "--threads", "4", ...commandLine),
    reference: startScenarioReference(kind),
  });
}

export const wires = { WebSocket: WebSocketWire, polling: PollingWire };

export const welcome = '42["welcome",{"namespace":"/","auth":{},"token":null,"recovered":false}]';

// Packets to be sent one by one, each answered behind all that was sent before it, and their answer. A refusal overtakes
// others, but not twice.
export const joining = { markers: ["40"], answer: welcome };
export const within = { markers: ['42999["echo"]'], answer: "43999[]" };
export const refused = { markers: ["40/settle,", "40/settle,"], answer: '44/settle,{"message":"Invalid namespace"}' };

// A wire in the main namespace.
export async function join(Wire, url, query) {
  const wire = await Wire.open(url, query);
  await wire.round([], joining);
  return wire;
}
