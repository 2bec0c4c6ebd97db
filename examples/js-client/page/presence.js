// Who is online, and who is in a room: presence:join, presence:update, presence:online.
import { ask, socket } from "./connection.js";
import { at, attempt, clickable, element, fill, note, onSubmit, whileSeen } from "./dom.js";
import { greet, label, myName, whenSignedIn, whenSignedOut } from "./users.js";

let room = "lobby";
let users = new Set();
let gone = new Set(); // those of whom we have heard that they left, while we were still told who is there

const byName = (ids) => [...ids].sort((a, b) => a.localeCompare(b));

function show() {
  at("presence-room").textContent = room;
  at("presence-count").textContent = users.size;
  fill("presence-users", byName(users).map((id) => element("li", {}, label(id))));
}

async function join() {
  gone = new Set();
  const { users: there } = await ask("presence:join", { roomId: room });
  users = new Set(there.filter((id) => !gone.has(id)));
  show();
  await showOnline();
}

function greeter(userId) {
  const looks = { className: "quiet", title: `Say hello to ${userId}` };
  return element("li", {}, clickable(looks, label(userId), () => greet(userId)));
}

async function showOnline() {
  const { users: online, count } = await ask("presence:online");
  at("online-count").textContent = count;
  fill("online-users", byName(online).map(greeter));
}

socket.on("presence:update", ({ roomId, userId, online, count }) => {
  if (roomId !== room) return;
  online ? users.add(userId) : users.delete(userId);
  online ? gone.delete(userId) : gone.add(userId);
  note("presence-log", `${label(userId)} ${online ? "came" : "left"}; now ${count}`);
  show();
  showOnline().catch(() => {}); // asked for again soon
});

socket.on("room:message", ({ roomId, from, data }) => {
  if (roomId === room) note("presence-log", `${label(from)}: ${data.text}`);
});

onSubmit("presence-join", async ({ roomId }) => {
  if (roomId !== room) await ask("presence:leave", { roomId: room });
  room = roomId;
  users.clear();
  at("presence-log").replaceChildren();
  await join();
});

onSubmit("presence-say", async ({ text }) => {
  await ask("room:send", { roomId: room, data: { text } });
  note("presence-log", `${label(myName())}: ${text}`);
  at("presence-say").reset();
});

// Those of other rooms come and go unheard.
whileSeen(5000, showOnline);
whenSignedIn(() => attempt("presence", join));
whenSignedOut(() => {
  users.clear();
  show();
});
