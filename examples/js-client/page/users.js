// Who we are, for as long as the tab is open: a name that is registered, or a token whose subject is the user.
import { connect, connectAnew, ask, introduceBy, problemOf, socket } from "./connection.js";
import { at, attempt, onClick, onSubmit } from "./dom.js";

const remembered = JSON.parse(sessionStorage.getItem("identity")) ?? {};
let identity = remembered; // { userId }, { token } or neither
let user = null; // what the server says of it
const whenIn = [];
const whenOut = [];

export const myName = () => user;
export const label = (userId) => (userId === user ? `${userId} (you)` : userId);

// `enter` is called whenever there is a connection of a user: at the first one, and at those that follow it.
export function whenSignedIn(enter) {
  whenIn.push(enter);
}

export function whenSignedOut(leave) {
  whenOut.push(leave);
}

function become(newIdentity) {
  identity = newIdentity;
  introduceBy(identity.token ? { token: identity.token } : {});
  sessionStorage.setItem("identity", JSON.stringify(identity));
}

function show({ userId, node, expiresAt }) {
  user = userId;
  at("entrance").hidden = user !== null;
  at("signed-in").hidden = user === null;
  at("services").inert = user === null;
  at("refresh").hidden = true;
  at("me").textContent = user ?? "";
  at("node").textContent = node ?? "none";
  showExpiry(expiresAt);
}

function showExpiry(expiresAt) {
  at("expiry").textContent = expiresAt ? `Your token is good until ${new Date(expiresAt).toLocaleTimeString()}.` : "";
}

async function enter() {
  if (identity.userId) await ask("register", { userId: identity.userId });
  show(await ask("whoami"));
  if (user !== null) for (const each of whenIn) each();
}

function leave() {
  become({});
  show({ userId: null });
  for (const each of whenOut) each();
}

socket.on("connect", () => attempt("user", enter));
socket.on("connect_error", (error) => {
  if (socket.active) return;
  leave();
  attempt("user", () => Promise.reject(problemOf(error)));
});

onSubmit("register", async ({ userId }) => {
  become({ userId: userId.trim() });
  await enter().catch((error) => {
    become({});
    throw error;
  });
});

onSubmit("token", ({ token }) => {
  become({ token: token.trim() });
  connectAnew();
});

onClick("sign-out", () => {
  leave();
  connectAnew();
});

// ---- a token that ends while we are here

socket.on("token:expiring", ({ expiresAt }) => {
  showExpiry(expiresAt);
  at("refresh").hidden = false;
});

onSubmit("refresh", async ({ token }) => {
  const { expiresAt } = await ask("token:refresh", { token: token.trim() });
  become({ token: token.trim() });
  showExpiry(expiresAt);
  at("refresh").hidden = true;
});

// ---- a greeting, which reaches every device of a user

export const greet = (userId) => ask("user:message", { userId, data: { text: "hello" } });

socket.on("message", ({ from, data }) => (at("greeting").textContent = `${from} says ${data.text} to you.`));

export function start() {
  become(remembered);
  connect();
}
