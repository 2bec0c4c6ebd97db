// A metronome that several tabs hear together: clock:join, clock:state, clock:tick, clock:ping.
import { Clicks } from "./clicks.js";
import { ask, socket } from "./connection.js";
import { at, attempt, onClick, onSubmit, whileSeen } from "./dom.js";
import { SharedClock } from "./shared_clock.js";
import { whenSignedIn, whenSignedOut } from "./users.js";

// Beats are planned so far ahead that a busy tab is still in time.
const lookahead = 250;

const clock = new SharedClock(() => performance.timeOrigin + performance.now());
const clicks = new Clicks();
let band = null;
let planned = -1; // the last beat of which we have seen to
let plan = []; // timers of beats to be shown

// ---- the beat

function follow(newClock) {
  clock.follow(newClock);
  forget();
  at("tempo").value = newClock.tempo;
  at("tempo-shown").textContent = newClock.tempo;
  if (!clock.isPlaying) showPosition(newClock.positionMs);
  planBeats();
}

function forget() {
  for (const timer of plan) clearTimeout(timer);
  plan = [];
  planned = -1;
  clicks.silence();
}

function planBeats() {
  for (const { beat, inMs } of clock.beatsWithin(lookahead)) {
    if (beat <= planned) continue;
    planned = beat;
    clicks.plan(inMs, beat % 4 === 0);
    plan = [...plan.slice(-8), setTimeout(showBeat, inMs, beat)];
  }
}

function showBeat(beat) {
  const dots = [...at("beats").children];
  dots.forEach((dot, i) => dot.classList.toggle("now", i === beat % 4));
  at("metronome").dispatchEvent(new CustomEvent("beat", { detail: beat }));
}

const showPosition = (milliseconds) => (at("position").textContent = `${(milliseconds / 1000).toFixed(1)} s`);

// ---- what the server says

async function join() {
  await measure();
  follow((await ask("clock:join", { sessionId: band })).clock);
  at("band-name").textContent = band;
  at("in-band").hidden = false;
}

async function measure() {
  await clock.measure(ask);
  at("offset").textContent = `${clock.offset.toFixed(1)} ms`;
  at("round-trip").textContent = `${clock.roundTrip.toFixed(1)} ms`;
}

async function leave() {
  const sessionId = band;
  depart();
  await ask("clock:leave", { sessionId });
}

function depart() {
  band = null;
  forget();
  at("in-band").hidden = true;
}

socket.on("clock:state", ({ clock: newClock }) => newClock.sessionId === band && follow(newClock));
socket.on("clock:tick", ({ sessionId, positionMs, timestamp }) => {
  if (sessionId !== band) return;
  showPosition(positionMs);
  at("deviation").textContent = `${Math.abs(clock.positionAt(timestamp) - positionMs).toFixed(1)} ms`;
  // Ticks come in time even to a tab that nobody looks at, whose own timers may not.
  planBeats();
});

// ---- what the user does

const control = (event, request = {}) => async () => follow((await ask(event, { sessionId: band, ...request })).clock);

onSubmit("clock-join", async ({ sessionId }) => {
  if (band !== null && band !== sessionId) await leave();
  band = sessionId;
  await join();
});
onClick("clock-leave", leave);
onClick("clock-start", () => control("clock:start", { tempo: Number(at("tempo").value) })());
onClick("clock-stop", control("clock:stop"));
onClick("clock-rewind", control("clock:seek", { positionMs: 0 }));
at("tempo").addEventListener("input", ({ target }) => (at("tempo-shown").textContent = target.value));
at("tempo").addEventListener("change", ({ target }) => {
  attempt("metronome", control("clock:tempo", { tempo: Number(target.value) }));
});
at("sound").addEventListener("change", ({ target }) => clicks.enable(target.checked));

setInterval(() => band !== null && planBeats(), 50);
whileSeen(10_000, measure);
whenSignedIn(() => band !== null && attempt("metronome", join));
whenSignedOut(depart);
