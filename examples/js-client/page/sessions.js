// A host whose events reach its listeners by number: session:create, session:publish, session:join, session:event.
import { ask, socket } from "./connection.js";
import { at, attempt, note, onClick, onSubmit } from "./dom.js";
import { EventOrder } from "./event_order.js";
import { whenSignedIn, whenSignedOut } from "./users.js";

// ---- the host

let hosted = null; // { sessionId, code }
let counter = null;

function showHost(words = "") {
  at("session-create").hidden = hosted !== null;
  at("hosting").hidden = hosted === null;
  at("code").textContent = hosted?.code ?? "";
  at("host-note").textContent = words;
  if (hosted === null) countAloud(false);
}

async function publish(text) {
  const { seq } = await ask("session:publish", { sessionId: hosted.sessionId, type: "line", data: { text } });
  at("published").textContent = seq;
}

function countAloud(whether) {
  at("count-aloud").checked = whether;
  clearInterval(counter);
  const next = () => socket.connected && attempt("host", () => publish(`it is ${new Date().toLocaleTimeString()}`));
  counter = whether ? setInterval(next, 1000) : null;
}

onSubmit("session-create", async () => {
  hosted = await ask("session:create");
  at("published").textContent = 0;
  showHost();
});
onSubmit("publish", async ({ text }) => {
  await publish(text);
  at("publish").reset();
});
onClick("session-close", async () => {
  await ask("session:close", { sessionId: hosted.sessionId });
  hosted = null;
  showHost("You closed the session.");
});
at("count-aloud").addEventListener("change", ({ target }) => countAloud(target.checked));

// ---- a listener

let listening = null; // { sessionId, order }
let lastBefore = 0; // the last number before the connection was lost

function showListener(words) {
  at("session-leave").hidden = listening === null;
  at("listener-note").textContent = words;
  showNumbers();
}

function showNumbers() {
  if (listening === null) return;
  at("last-seq").textContent = listening.order.last;
  at("gaps").textContent = listening.order.gaps;
}

async function listen(by, order) {
  const answer = await order.catchUp((lastSeq) => ask("session:join", { ...by, lastSeq }));
  listening = { sessionId: answer.sessionId, order };
  return answer;
}

function take({ seq, data, timestamp }) {
  note("heard", `${seq}: ${data.text} (${new Date(timestamp).toLocaleTimeString()})`);
}

socket.on("session:event", (event) => {
  if (event.sessionId !== listening?.sessionId) return;
  listening.order.hear(event);
  showNumbers();
});

socket.on("session:ended", ({ sessionId, reason }) => {
  if (sessionId !== listening?.sessionId) return;
  listening = null;
  showListener(reason === "closed" ? "The host has closed the session." : "The host is gone.");
});

async function leave() {
  const { sessionId } = listening;
  listening = null;
  showListener("You listen to nobody.");
  await ask("session:leave", { sessionId });
}

onSubmit("session-join", async ({ code }) => {
  if (listening) await leave();
  at("heard").replaceChildren();
  const { meta } = await listen({ code: code.trim() }, new EventOrder(take));
  at("caught-up").textContent = 0;
  showListener("You listen.");
});
onClick("session-leave", leave);

// What was missed comes by the connection's recovery, where there is one, or else with the answer.
socket.on("disconnect", () => (lastBefore = listening?.order.last ?? 0));

async function comeBack() {
  try {
    const { complete } = await listen({ sessionId: listening.sessionId }, listening.order);
    const caughtUp = listening.order.last - lastBefore;
    at("caught-up").textContent = caughtUp;
    showListener(complete ? `You are back, and were given the ${caughtUp} that you missed.` : "You are back; older events are gone.");
  } catch (error) {
    if (!socket.connected) return; // we shall try again
    listening = null;
    showListener("You listen to nobody.");
    throw error;
  }
}

whenSignedIn(() => listening && attempt("listener", comeBack));
whenSignedOut(() => {
  hosted = listening = null;
  showHost();
  showListener("You listen to nobody.");
});
