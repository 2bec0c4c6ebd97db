// A host, whose events reach all listeners by number: session:create, session:publish, session:close.
import { ask, socket } from "./connection.js";
import { at, attempt, onClick, onSubmit } from "./dom.js";
import { whenSignedIn, whenSignedOut } from "./users.js";
import { endings } from "./words.js";

let session = null; // { sessionId, code }
let counter = null;

function show(words = "") {
  at("session-create").hidden = session !== null;
  at("hosting").hidden = session === null;
  at("code").textContent = session?.code ?? "";
  at("host-note").textContent = words;
  if (session === null) countAloud(false);
}

function end(words) {
  session = null;
  show(words);
}

async function publish(text) {
  const { seq } = await ask("session:publish", { sessionId: session.sessionId, type: "line", data: { text } });
  at("published").textContent = seq;
}

function countAloud(whether) {
  at("count-aloud").checked = whether;
  clearInterval(counter);
  const next = () => socket.connected && attempt("host", () => publish(`it is ${new Date().toLocaleTimeString()}`));
  counter = whether ? setInterval(next, 1000) : null;
}

onSubmit("session-create", async () => {
  session = await ask("session:create");
  at("published").textContent = 0;
  show();
});
onSubmit("publish", async ({ text }) => {
  await publish(text);
  at("publish").reset();
});
onClick("session-close", async () => {
  await ask("session:close", { sessionId: session.sessionId });
  end("You closed the session.");
});
at("count-aloud").addEventListener("change", ({ target }) => countAloud(target.checked));

socket.on("session:ended", ({ sessionId, reason }) => {
  if (sessionId === session?.sessionId && reason !== "closed") end(endings[reason]);
});

async function resume() {
  try {
    const { seq } = await ask("session:resume", { sessionId: session.sessionId });
    at("published").textContent = seq;
    show("You are back, and still the host.");
  } catch (error) {
    if (!socket.connected) return; // we shall try again
    end("You were away for too long.");
    throw error;
  }
}

whenSignedIn(() => session && attempt("host", resume));
whenSignedOut(() => end(""));
