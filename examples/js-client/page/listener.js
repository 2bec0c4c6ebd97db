// A listener, who misses nothing while away: session:join with the last number, session:event, session:ended.
import { ask, socket } from "./connection.js";
import { at, attempt, note, onClick, onSubmit } from "./dom.js";
import { EventOrder } from "./event_order.js";
import { whenSignedIn, whenSignedOut } from "./users.js";
import { endings } from "./words.js";

let session = null; // an EventOrder
let lastBefore = 0; // the last number before the connection was lost

function show(words) {
  at("session-leave").hidden = session === null;
  at("listener-note").textContent = words;
  showNumbers();
}

function showNumbers() {
  if (session === null) return;
  at("last-seq").textContent = session.last;
  at("gaps").textContent = session.gaps;
}

function end(words) {
  session = null;
  show(words);
}

function take({ seq, data, timestamp }) {
  note("heard", `${seq}: ${data.text} (${new Date(timestamp).toLocaleTimeString()})`);
}

const join = (by) => session.catchUp((lastSeq) => ask("session:join", { ...by, lastSeq }));

async function leave() {
  const { sessionId } = session;
  end("You listen to nobody.");
  await ask("session:leave", { sessionId });
}

onSubmit("session-join", async ({ code }) => {
  if (session) await leave();
  at("heard").replaceChildren();
  at("caught-up").textContent = 0;
  session = new EventOrder(take);
  await join({ code: code.trim() }).catch((error) => {
    end("");
    throw error;
  });
  show("You listen.");
});
onClick("session-leave", leave);

socket.on("session:event", (event) => {
  session?.hear(event);
  showNumbers();
});
socket.on("session:ended", ({ sessionId, reason }) => {
  if (session && sessionId === session.sessionId) end(endings[reason]);
});

// What was missed comes by the connection's recovery, where there is one, or else with the answer.
socket.on("disconnect", () => (lastBefore = session?.last ?? 0));

async function comeBack() {
  try {
    const { complete } = await join({ sessionId: session.sessionId });
    const missed = session.last - lastBefore;
    at("caught-up").textContent = missed;
    show(complete ? `You are back, and were given the ${missed} that you missed.` : "You are back; older events are gone.");
  } catch (error) {
    if (!socket.connected) return; // we shall try again
    end("You listen to nobody.");
    throw error;
  }
}

whenSignedIn(() => session && attempt("listener", comeBack));
whenSignedOut(() => end("You listen to nobody."));
