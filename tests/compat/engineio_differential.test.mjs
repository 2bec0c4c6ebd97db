// The same requests to the fixture and to the reference: status, headers and bodies must be equal, but for what
// support/http.mjs and support/differential.mjs leave out.
import { against } from "./support/differential.mjs";
import { startFixture } from "./support/fixture.mjs";
import { ask, exchange } from "./support/http.mjs";
import { startReference } from "./support/reference.mjs";

// Both with the same heartbeat. `options` are the reference's, `more` is the fixture's command line.
const servers = (profile, options, ...more) => () => ({
  ours: startFixture(profile, "--threads", "4", "--ping-interval", "1000", "--ping-timeout", "20000", ...more),
  reference: startReference({ ...options, pingInterval: 1000, pingTimeout: 20000 }),
});

// For `differs`: the last answer's body is another.
const lastBody = (body) => (seen) => seen.with(-1, { ...seen.at(-1), body });

class Session {
  static async open(url, query = "EIO=4", request) {
    const session = new Session();
    session.asForm = query.includes("j=");
    session.address = `${url}/engine.io/?transport=polling&${query}`;
    session.handshake = await ask(session.address, request);
    session.address += `&sid=${session.handshake.body.match(/"sid\\?":\\?"([^"\\]+)/)[1]}`;
    return session;
  }
  get(request) {
    return ask(this.address, request);
  }
  post(payload, headers = { "Content-Type": "text/plain;charset=UTF-8" }) {
    const body = this.asForm ? new URLSearchParams({ d: payload }).toString() : payload;
    return ask(this.address, { method: "POST", headers, body });
  }
}

const anyOrigin = { cors: { origin: "*" } };
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

const paths = [
  "/",
  "/engine.io",
  "/engine.io?EIO=4&transport=polling",
  "/engine.io/?EIO=4&transport=polling",
  "/engine.io/foo/bar?EIO=4&transport=polling",
  "/engine.iox/?EIO=4&transport=polling",
  "/engine.io/",
];

const queries = [
  "transport=polling",
  "EIO=4",
  "EIO=3&transport=polling",
  "EIO=abc&transport=polling",
  "EIO=4&transport=abc",
  "EIO=4&transport=webtransport",
  "EIO=4&transport=websocket",
  "EIO=4&transport=POLLING",
  "EIO=4&transport=polling&sid=",
  "EIO=4&transport=polling&sid=unknown",
  "EIO=4&transport=polling&sid=__proto__",
  "EIO=3&EIO=4&transport=polling",
  "EIO=4&EIO=3&transport=polling",
  "E%49O=4&tr%61nsport=poll%69ng",
  "EIO=4&transport=polling&b64=1&t=Pabc&unknown=%zz+%41",
];

against("HTTP long-polling", servers("protocol", anyOrigin), (compare) => {
  for (const path of paths) compare(`GET ${path}`, (url) => ask(url + path));
  for (const query of queries)
    for (const method of ["GET", "POST"])
      compare(`${method} ${query}`, (url) => ask(`${url}/engine.io/?${query}`, { method }));
  for (const method of ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    compare(`a handshake by ${method}`, (url) => ask(`${url}/engine.io/?EIO=4&transport=polling`, { method }));
    compare(`${method} for a session, which survives it`, async (url) => {
      const session = await Session.open(url);
      return [await ask(session.address, { method }), await session.post("4hi"), await session.get()];
    });
  }

  compare("another protocol or transport than the session's", async (url) => {
    const { address } = await Session.open(url);
    return [
      await ask(address.replace("EIO=4", "EIO=3")),
      await ask(address.replace("EIO=4&", "")),
      await ask(address.replace("=polling", "=websocket")),
    ];
  });
});

const payloads = {
  "one message": "4hello",
  "three messages": "4a\x1e4b\x1e4c",
  "an empty message": "4",
  "binary": "bAQIDBA==",
  "binary without padding": "bAQIDBA",
  "binary and text": "4a\x1ebAQIDBA==\x1e4b",
  "no binary": "b",
  "unicode": "4héllo €😀",
  "nothing": "",
  "no such packet": "abc",
  "no such packet behind a message": "4a\x1exyz",
  "a separator at the end": "4a\x1e",
  "a separator at the beginning": "\x1e4a",
  "a pong": "3",
  "a client's ping": "2",
  "open": "0",
  "upgrade": "5",
  "noop": "6",
  "close": "1",
  "close with more behind": "4a\x1e1\x1e4b",
};

// Echoes of one payload share an answer; the reference puts the first into the poll that waits, the rest into the next.
const batches = new Set(["three messages", "binary and text"]);

against("payloads of protocol 4", servers("protocol", anyOrigin), (compare) => {
  for (const [name, body] of Object.entries(payloads)) {
    compare(`${name} in a POST while a poll waits`, async (url) => {
      const session = await Session.open(url);
      const poll = session.get();
      await pause();
      return [await session.post(body), await session.post("4end"), await poll];
    }, batches.has(name) ? lastBody(body) : undefined);
    compare(`${name} in a POST while none waits`, async (url) => {
      const session = await Session.open(url);
      return [await session.post(body), await session.post("4end"), await session.get()];
    });
  }

  for (const type of [undefined, "text/plain", "application/octet-stream", "application/octet-stream; charset=utf-8"])
    compare(`a POST of type ${type}`, async (url) => {
      const session = await Session.open(url);
      const headers = type ? { "Content-Type": type } : {};
      return [await session.post("4hello", headers), await session.post("4more"), await session.get()];
    });

  compare("a body of the limit, and one byte more", async (url) => {
    const session = await Session.open(url);
    const sizes = [1_000_000, 1_000_001];
    const answers = [];
    for (const size of sizes) answers.push(await session.post("4" + "a".repeat(size - 1)));
    return [...answers, (await session.get()).body.length, await session.post("4b"), await session.get()];
  });

  compare("a second poll", async (url) => {
    const session = await Session.open(url);
    const first = session.get();
    await pause();
    return [await session.get(), await first, await session.get()];
  });

  compare("a heartbeat", async (url) => {
    const session = await Session.open(url);
    return [await session.get(), await session.post("3"), await session.get()];
  });
});

against("JSONP", servers("protocol", anyOrigin), (compare) => {
  for (const j of ["7", "0", "abc", "1a2"]) {
    compare(`j=${j}`, async (url) => {
      const session = await Session.open(url, `EIO=4&j=${j}`);
      const headers = { "Content-Type": "application/x-www-form-urlencoded" };
      const text = '"\u2028</script>\\n\n\\\\n';
      return [session.handshake, await session.post(`4${text}`, headers), await session.get()];
    });
  }
  compare("a POST without d", async (url) => {
    const session = await Session.open(url, "EIO=4&j=0");
    session.asForm = false;
    return [await session.post("4hello"), await session.get()];
  });
});

against("compression", servers("protocol", anyOrigin), (compare) => {
  const accepted = ["gzip", "deflate", "deflate, gzip", "gzip;q=0.5, deflate", "*", "br", "gzip;q=0", "identity"];
  for (const encoding of accepted)
    for (const size of [1023, 1024])
      compare(`${size} bytes for ${encoding}`, async (url) => {
        const session = await Session.open(url);
        await session.post("4" + "a".repeat(size - 1));
        return session.get({ headers: { "Accept-Encoding": encoding } });
      });
});

const browsers = ["Mozilla/4.0 (compatible;MSIE 7.0)", "Mozilla/5.0 (Trident/7.0; rv:11.0)", "Firefox"];

against("CORS for one origin",
  servers("protocol", { cors: { origin: ["http://a.example"] } }, "--allowed-origin", "http://a.example"), (compare) => {
    for (const Origin of ["http://a.example", "http://b.example"]) {
      compare(`a handshake from ${Origin}`, (url) =>
        ask(`${url}/engine.io/?EIO=4&transport=polling`, { headers: { Origin } }));
      compare(`a refusal for ${Origin}`, (url) => ask(`${url}/engine.io/?EIO=4`, { headers: { Origin } }));
      compare(`a preflight for ${Origin}`, (url) =>
        ask(`${url}/engine.io/?EIO=4&transport=polling`, {
          method: "OPTIONS",
          headers: { Origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-a" },
        }));
    }
    for (const agent of browsers)
      compare(`the browser ${agent}`, async (url) => {
        const session = await Session.open(url, "EIO=4", { headers: { "User-Agent": agent } });
        return [session.handshake, await session.post("4a")];
      });
  });

const payloads3 = {
  "one message": "6:4hello",
  "three messages": "2:4a2:4b2:4c",
  "binary": "10:b4AQIDBA==",
  "unicode": "10:4héllo €😀",
  "a ping": "1:2",
  "a ping with data": "6:2probe",
  "a server's pong": "1:3",
  "close": "1:1",
  "nothing": "",
  "no length": "4hello",
  "a length too long": "9:4hello",
  "no such packet": "3:abc",
};

// As above; and for JSONP the reference writes binary messages as a dump of Node's Buffer, which no client can read.
function differs3(name, query, body) {
  const jsonp = query.includes("j=");
  const differs = name === "three messages" || (jsonp && name === "binary");
  return differs ? lastBody(jsonp ? `___eio[2](${JSON.stringify(body)});` : body) : undefined;
}

against("protocol 3", servers("eio3", { ...anyOrigin, allowEIO3: true }), (compare) => {
  for (const query of ["EIO=3", "EIO=3&b64=1", "EIO=3&j=2", ""]) {
    for (const [name, body] of Object.entries(payloads3)) {
      compare(`${name} after a handshake with "${query}"`, async (url) => {
        const session = await Session.open(url, query);
        const poll = session.get();
        await pause();
        return [session.handshake, await session.post(body), await session.post("4:4end"), await poll];
      }, differs3(name, query, body));
    }
  }
  compare("a binary payload", async (url) => {
    const session = await Session.open(url, "EIO=3");
    const payload = Buffer.from([0, 6, 255, ...Buffer.from("4hello"), 1, 4, 255, 4, 1, 2, 3]);
    return [await session.post(payload, { "Content-Type": "application/octet-stream" }), await session.get()];
  });
});

const upgrade = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" };
const refused = {
  "no transport": ["EIO=4", upgrade],
  "an unknown transport": ["EIO=4&transport=abc", upgrade],
  "an unknown session": ["EIO=4&transport=websocket&sid=unknown", upgrade],
  "no key": ["EIO=4&transport=websocket", { ...upgrade, "Sec-WebSocket-Key": undefined }],
  "a bad key": ["EIO=4&transport=websocket", { ...upgrade, "Sec-WebSocket-Key": "abc" }],
  "version 12": ["EIO=4&transport=websocket", { ...upgrade, "Sec-WebSocket-Version": "12" }],
  "another protocol's upgrade": ["EIO=4&transport=websocket", { ...upgrade, Upgrade: "h2c" }],
};

// The reference has no CORS headers here.
const withCors = ({ fields, ...others }) => ({ ...others, fields: ["access-control-allow-origin: *", ...fields] });

against("refused WebSockets", servers("protocol", anyOrigin), (compare) => {
  for (const [name, [query, headers]] of Object.entries(refused))
    compare(name, async (url) => {
      const lines = Object.entries({ Host: "localhost", ...headers }).filter(([, value]) => value);
      const fields = lines.map((line) => line.join(": ")).join("\r\n");
      return parsed(await exchange(url, `GET /engine.io/?${query} HTTP/1.1\r\n${fields}\r\n\r\n`));
    }, withCors);
});

// The names of fields in lower case, and the fields in the order of their names.
function parsed(response) {
  const [head, body] = response.split("\r\n\r\n");
  const [status, ...fields] = head.split("\r\n");
  return { status, fields: fields.map((field) => field.replace(/^[^:]+/, (name) => name.toLowerCase())).sort(), body };
}
