// A case of two parties, who see the same and make their moves: case:create, case:watch, case:move, case:transition.
import { ask, socket } from "./connection.js";
import { movesFor, phases } from "./court.js";
import { at, attempt, clickable, element, fill, onClick, onSubmit } from "./dom.js";
import { FollowedCase } from "./followed_case.js";
import { SharedClock } from "./shared_clock.js";
import { label, myName, whenSignedIn, whenSignedOut } from "./users.js";

const clock = new SharedClock(() => performance.timeOrigin + performance.now()); // the server's, for deadlines
const invitations = new Map(); // who has opened a case with us, by its id
let followed = null; // a FollowedCase

// ---- what there is to see

const step = (phase) => element("li", { ariaCurrent: phase === followed.state.phase ? "step" : null }, phase);
const party = ([role, userId]) => element("div", {}, element("dt", {}, role), element("dd", {}, label(userId)));
const mover = (move) => clickable({}, move, () => make(move));

function agreement([move, agreed]) {
  const { parties } = followed.state;
  const waiting = Object.keys(parties).filter((role) => !agreed.includes(role));
  const names = (roles) => roles.map((role) => label(parties[role])).join(", ");
  return element("li", {}, element("strong", {}, names(agreed)), ` agreed to ${move}; it waits for ${names(waiting)}.`);
}

function inWords({ move, from, to, by }) {
  if (!from) return "the case was opened";
  const who = by ? label(by) : "time ran out";
  return from === to ? `${who}: agreed to ${move}` : `${who}: ${move}, ${from} → ${to}`;
}

function entry({ seq, transition }) {
  if (!transition) return element("li", {}, `${seq}: while you were away`);
  return element("li", {}, `${seq}: ${inWords(transition)} (${new Date(transition.at).toLocaleTimeString()})`);
}

function show() {
  at("in-case").hidden = !followed?.state;
  if (!followed?.state) return;
  const { caseId, parties, agreed } = followed.state;
  at("case-id").textContent = caseId;
  fill("phases", phases.map(step));
  fill("parties", Object.entries(parties).map(party));
  fill("agreed", Object.entries(agreed).map(agreement));
  fill("moves", movesFor(followed.state, myName()).map(mover));
  fill("case-log", followed.history.map(entry));
  countDown();
}

function countDown() {
  const { deadline } = followed?.state ?? {};
  at("moves-on").hidden = !deadline;
  if (deadline) at("countdown").textContent = duration(Math.max(0, deadline - clock.serverTime));
}

function duration(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  const twoDigits = (count) => String(count % 60).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${twoDigits(Math.floor(seconds / 60))}:${twoDigits(seconds)}`;
}

function invitation([caseId, from]) {
  return element("li", {}, clickable({ className: "quiet" }, `See ${from}'s case with you`, () => follow(caseId)));
}

const showInvitations = () => fill("invitations", [...invitations].map(invitation));

// ---- what the server says

async function catchUp() {
  await clock.measure(ask);
  await followed?.catchUp(ask);
  show();
}

async function follow(caseId) {
  if (followed) await leave();
  followed = new FollowedCase(caseId);
  await catchUp().catch((error) => {
    depart();
    throw error;
  });
  invitations.delete(caseId);
  showInvitations();
}

function depart(words = "") {
  followed = null;
  at("case-note").textContent = words;
  show();
}

async function leave() {
  const { caseId } = followed;
  depart();
  await ask("case:unwatch", { caseId });
}

async function make(move) {
  const { case: state } = await ask("case:move", { caseId: followed.caseId, move });
  followed.learn(state);
  show();
}

socket.on("case:transition", (transition) => {
  if (transition.caseId !== followed?.caseId) return;
  if (followed.hear(transition)) attempt("cases", catchUp);
  show();
});

// What one who opens a case sends the other party.
socket.on("invitation", ({ from, data }) => {
  invitations.set(data.caseId, from);
  showInvitations();
});

// ---- what the user does

onSubmit("case-create", async ({ userId }) => {
  const parties = { plaintiff: myName(), defendant: userId.trim() };
  const { case: opened } = await ask("case:create", { machine: "court", parties });
  await follow(opened.caseId);
  const data = { caseId: opened.caseId };
  const { delivered } = await ask("user:message", { userId: parties.defendant, event: "invitation", data });
  at("case-note").textContent = delivered ? "" : `${parties.defendant} is away: who watches needs the case's name.`;
});
onSubmit("case-watch", ({ caseId }) => follow(caseId.trim()));
onClick("case-leave", leave);

async function comeBack() {
  try {
    await catchUp();
  } catch (error) {
    if (!socket.connected) return; // we shall try again
    depart("You watch no case any more.");
    throw error;
  }
}

setInterval(countDown, 250);
whenSignedIn(() => followed && attempt("cases", comeBack));
whenSignedOut(() => {
  invitations.clear();
  showInvitations();
  depart();
});
