// Rooms with their participants, and who shares a screen: room:join, room:update, room:share.
import { ask, socket } from "./connection.js";
import { at, attempt, element, fill, onClick, onSubmit, whileSeen } from "./dom.js";
import * as screen from "./screen.js";
import { label, myName, whenSignedIn, whenSignedOut } from "./users.js";

let room = null; // as the server describes it
let sharingHere = false; // and not in another tab of ours

function participant({ userId, joinedAt, sharing }) {
  const since = `since ${new Date(joinedAt).toLocaleTimeString()}`;
  const flag = sharing ? [element("strong", {}, "sharing")] : [];
  return element("li", {}, label(userId), " ", element("small", {}, since), " ", ...flag);
}

function show() {
  at("in-room").hidden = room === null;
  if (room === null) return screen.show(null);
  const mine = room.sharing.includes(myName());
  sharingHere &&= mine;
  at("room-name").textContent = room.roomId;
  fill("participants", room.participants.map(participant));
  at("share").textContent = mine ? "Stop sharing" : "Share my screen";
  at("share").setAttribute("aria-pressed", mine);
  screen.show({ roomId: room.roomId, sharer: sharingHere ? myName() : room.sharing[0], mine: sharingHere });
}

// Answers and updates may overtake each other: the newest counts.
function learn(newer) {
  if (room?.roomId === newer.roomId && newer.updatedAt < room.updatedAt) return;
  room = newer;
  show();
}

async function join(roomId) {
  learn((await ask("room:join", { roomId })).room);
}

async function leave() {
  const { roomId } = room;
  room = null;
  show();
  await ask("room:leave", { roomId });
}

socket.on("room:update", ({ room: newer }) => newer.roomId === room?.roomId && learn(newer));

onSubmit("room-join", async ({ roomId }) => {
  if (room !== null && room.roomId !== roomId) await leave();
  await join(roomId);
});
onClick("room-leave", leave);
onClick("share", async () => {
  const sharing = !room.sharing.includes(myName());
  const answer = await ask("room:share", { roomId: room.roomId, sharing });
  sharingHere = sharing;
  learn(answer.room);
});

async function suggest() {
  const { rooms } = await ask("room:list", { limit: 20 });
  fill("room-list", rooms.map(({ roomId, participants }) => element("option", { value: roomId }, `${participants.length} there`)));
}

whileSeen(10_000, suggest);
whenSignedIn(() => {
  if (room !== null) attempt("rooms", () => join(room.roomId));
});
whenSignedOut(() => {
  room = null;
  show();
});
