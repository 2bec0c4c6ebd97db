// Connections of Socket.IO as they are opened, kept and lost, at the fixture and at npm's server: what is heard on the wire
// must be the same.
import { against } from "./support/differential.mjs";
import { ask } from "./support/http.mjs";
import { PollingWire } from "./support/polling_wire.mjs";
import { join, joining, refused, servers, wires, within } from "./support/raw_scenario.mjs";
import { WebSocketWire } from "./support/websocket_wire.mjs";

const paths = ["/socket.io", "/socket.io/", "/socket.iox/?EIO=4&transport=polling", "/socket.io/socket.io.js"];
const queries = [
  "EIO=4",
  "transport=polling",
  "EIO=4&transport=polling",
  "EIO=3&transport=polling",
  "EIO=5&transport=polling",
  "EIO=x&transport=polling",
  "EIO=4&transport=pigeon",
  "EIO=4&transport=websocket",
  "EIO=4&transport=polling&sid=unknown",
  "EIO=3&transport=polling&sid=unknown",
];

against("requests", servers(), (compare) => {
  for (const path of paths) compare(`GET ${path}`, (url) => ask(url + path));
  for (const query of queries)
    for (const method of ["GET", "POST"])
      compare(`${method} ${query}`, (url) => ask(`${url}/socket.io/?${query}`, { method }));
  for (const [name, query] of Object.entries({ EIO: "EIO=3", transport: "EIO=4&transport=websocket" }))
    compare(`another ${name} than the session's`, async (url) => {
      const { sid } = await PollingWire.open(url);
      return ask(`${url}/socket.io/?transport=polling&${query}&sid=${sid}`);
    });
  for (const [way, Wire] of Object.entries(wires))
    compare(`what is said first over ${way}`, async (url) => (await Wire.open(url)).handshake);
});

against("clients of version 2 that are not let in", servers(["--eio3=false"], { options: { allowEIO3: false } }), (compare) => {
  for (const query of ["EIO=3&transport=polling", "EIO=3&transport=polling&sid=unknown"])
    for (const method of ["GET", "POST"])
      compare(`${method} ${query}`, (url) => ask(`${url}/socket.io/?${query}`, { method }));
});

const limited = servers(["--max-payload", "1000"], { options: { maxHttpBufferSize: 1000 } });

against("payloads of up to 1000 bytes", limited, (compare) => {
  const event = (size) => `42["echo","${"x".repeat(size - 13)}"]`;
  for (const [way, Wire] of Object.entries(wires)) {
    compare(`the handshake over ${way}`, async (url) => (await Wire.open(url)).handshake);
    for (const size of [999, 1000, 1001, 5000])
      compare(`${size} over ${way}`, async (url) => {
        const wire = await join(Wire, url);
        return [await wire.round([event(size)], within), await wire.round(['42["echo"]'], within)];
      });
    compare(`several that are more together, over ${way}`, async (url) => {
      const wire = await join(Wire, url);
      return [await wire.round([event(600), event(600)], within), await wire.round(['42["echo"]'], within)];
    });
    compare(`an attachment that is more, over ${way}`, async (url) => {
      const wire = await join(Wire, url);
      return wire.round(['451-["echo",{"_placeholder":true,"num":0}]', Buffer.alloc(1001)], within);
    });
  }
});

const beating = servers(["--ping-interval", "50", "--ping-timeout", "100"], {
  options: { pingInterval: 50, pingTimeout: 100 },
});

against("heartbeats", beating, (compare) => {
  compare("over WebSocket, until they are not answered", async (url) => {
    const wire = await WebSocketWire.open(url);
    const seen = [];
    for (let i = 0; i < 3; i++) {
      seen.push(await wire.hears(1));
      wire.write("3");
    }
    return [...seen, await wire.ended()];
  });
  compare("over polling, until they are not answered", async (url) => {
    const wire = await PollingWire.open(url);
    const seen = [];
    for (let i = 0; i < 3; i++) seen.push(await wire.poll(), await wire.post("3"));
    return [...seen, await wire.poll(), await wire.poll(), await wire.poll()];
  });
  compare("of clients of version 2, until they come no more", async (url) => {
    const wire = await WebSocketWire.open(url, "EIO=3");
    await wire.hears(2); // what it is told when it has joined
    const seen = [];
    for (const ping of ["2", "2", "2with this"]) {
      wire.write(ping);
      seen.push(await wire.hears(1));
    }
    return [...seen, await wire.ended()];
  });
});

const impatient = servers(["--connect-timeout", "500"], { options: { connectTimeout: 500 } });

against("clients that join nothing in time", impatient, (compare) => {
  for (const [way, Wire] of Object.entries(wires)) {
    compare(`they say nothing, over ${way}`, async (url) => (await Wire.open(url)).ended());
    compare(`they are refused, over ${way}`, async (url) => {
      const wire = await Wire.open(url);
      await (wire.write ?? wire.post).call(wire, "40/nowhere,");
      return wire.ended();
    });
  }
});

const members = {
  WebSocket: (url) => join(WebSocketWire, url),
  "WebSocket that takes no bytes": (url) => join(WebSocketWire, url, "EIO=4&b64=1"),
  polling: (url) => join(PollingWire, url),
  "WebSocket of version 2": (url) => joined2(WebSocketWire, url, "EIO=3"),
  "WebSocket of version 2 that takes no bytes": (url) => joined2(WebSocketWire, url, "EIO=3&b64=1"),
  "polling of version 2": (url) => joined2(PollingWire, url, "EIO=3&b64=1"),
};

// Clients of version 2 have joined unasked.
async function joined2(Wire, url, query) {
  const wire = await Wire.open(url, query);
  await wire.round([], within);
  return wire;
}

const casts = {
  text: ['42["cast","text",{"a":["é"]}]'],
  binary: ['451-["cast","binary",[{"_placeholder":true,"num":0}]]', Buffer.from([1, 255])],
};

against("one event for clients of every kind", servers(), (compare) => {
  for (const [room, packets] of Object.entries(casts))
    compare(room, async (url) => {
      const all = await Promise.all(Object.values(members).map((enter) => enter(url)));
      for (const wire of all) await wire.round([`421["join",["${room}"]]`], within);
      all[0].write(...packets);
      return Promise.all(all.map((wire) => wire.hears(packets.length)));
    });
});

const recovering = servers(["--recovery"], { recovery: true });
const close = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

async function arrive(url) {
  const wire = await WebSocketWire.open(url);
  wire.write("40");
  const [connect, first] = await wire.hears(2);
  return { wire, ...JSON.parse(connect.slice(2)), offset: JSON.parse(first.slice(2)).at(-1) };
}

// What is known to a client that is gone, and has missed an event.
async function lose(url) {
  const { wire, ...known } = await arrive(url);
  wire.connection.write(close);
  await wire.ended();
  const other = await arrive(url);
  await other.wire.round([`42["cast","${known.sid}","missed"]`], within);
  return known;
}

// Every server writes them in its own way.
function withoutOffsets(packet) {
  return packet.replace(/"offset":"[^"]*"/, '"offset":"OFFSET"').replace(/,"[^"]*"\]$/, ',"OFFSET"]');
}

const claims = {
  "all of that": (known) => known,
  "no offset": ({ pid }) => ({ pid }),
  "no private id": ({ offset }) => ({ offset }),
  "an unknown offset": ({ pid }) => ({ pid, offset: "unknown" }),
  "an unknown private id": ({ offset }) => ({ pid: "unknown", offset }),
  "an offset that is a number": ({ pid }) => ({ pid, offset: 1 }),
  "a private id that is a number": ({ offset }) => ({ pid: 1, offset }),
  "neither": () => ({}),
};

against("clients that come back", recovering, (compare) => {
  for (const [name, claim] of Object.entries(claims))
    compare(`with ${name}`, async (url) => {
      const { sid, ...known } = await lose(url);
      const wire = await WebSocketWire.open(url);
      const heard = await wire.round([`40${JSON.stringify(claim(known))}`], refused);
      return heard.map((packet) => withoutOffsets(packet.replace(sid, "former")));
    });
});
