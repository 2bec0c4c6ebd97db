// A chat in rooms. What goes over the wire is told in ../main.cpp. `?transport=polling` or `websocket` leaves the
// client no other way; without, it begins by polling and upgrades.
"use strict";

const at = (id) => document.getElementById(id);
const wanted = new URLSearchParams(location.search).get("transport");
const socket = io(wanted ? { transports: [wanted] } : {});

// Who we are and where, for as long as the tab is open: a page that is loaded again goes back.
const remembered = {
  get: () => JSON.parse(sessionStorage.getItem("place")),
  set: (place) => sessionStorage.setItem("place", JSON.stringify(place)),
};
let place = remembered.get(); // { name, room }, or null at the entrance
const people = new Map(); // id -> name
const typing = new Set(); // ids

// ---- what is seen

function showConnection(state) {
  at("connection").textContent = state;
  at("transport").textContent = socket.connected ? socket.io.engine.transport.name : "none";
  if (socket.connected) at("session").textContent = socket.recovered ? "recovered" : "new";
}

function showPeople() {
  const items = [...people].map(([id, name]) => {
    const item = document.createElement("li");
    item.textContent = id === socket.id ? `${name} (you)` : name;
    return item;
  });
  at("people").replaceChildren(...items);
}

function showTyping() {
  const names = [...typing].map((id) => people.get(id)).filter(Boolean);
  at("typing").textContent = names.length ? `${names.join(", ")} ${names.length > 1 ? "are" : "is"} typing…` : "";
}

function showLine(text, kind) {
  const messages = at("messages");
  const atEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 40;
  const item = document.createElement("li");
  item.className = kind;
  item.textContent = text;
  messages.append(item);
  if (atEnd) messages.scrollTop = messages.scrollHeight;
}

function showPlace() {
  at("entrance").hidden = place !== null;
  at("chat").hidden = place === null;
  at("here").textContent = place?.room ?? "";
  at(place ? "text" : "name").focus();
}

// ---- the connection

socket.on("connect", () => {
  showConnection("connected");
  socket.io.engine.on("upgrade", () => showConnection("connected"));
  // A recovered session is in its room, and is given what it has missed.
  if (place && !socket.recovered) enter();
});
socket.on("disconnect", (reason) => {
  showConnection(`lost: ${reason}`);
  typing.clear();
  showTyping();
});
socket.on("connect_error", (error) => showConnection(`no connection: ${error.message}`));

// ---- the room

function enter() {
  socket.emit("enter", place.name, place.room, (everybody) => {
    if (everybody.length === 0) place = null;
    people.clear();
    for (const { id, name } of everybody) people.set(id, name);
    showPeople();
    remembered.set(place);
    showPlace();
  });
}

socket.on("came", ({ id, name }) => {
  if (!people.has(id)) showLine(`${name} came`, "event");
  people.set(id, name);
  showPeople();
});
socket.on("left", (id, why) => {
  showLine(`${people.get(id) ?? "somebody"} left: ${why}`, "event");
  people.delete(id);
  typing.delete(id);
  showPeople();
  showTyping();
});
socket.on("said", (name, text) => showLine(`${name}: ${text}`, "message"));
socket.on("typing", (id, whether) => {
  whether ? typing.add(id) : typing.delete(id);
  showTyping();
});

// ---- what the user does

at("entrance").addEventListener("submit", (event) => {
  event.preventDefault();
  place = { name: at("name").value.trim(), room: at("room").value.trim() };
  at("messages").replaceChildren();
  enter();
});

at("leave").addEventListener("click", () => {
  socket.emit("leave");
  at("name").value = place.name;
  place = null;
  remembered.set(place);
  showPlace();
});

let saidTyping = false;
let pause;
function sayTyping(whether) {
  clearTimeout(pause);
  if (whether) pause = setTimeout(sayTyping, 2000, false);
  if (whether !== saidTyping) socket.emit("typing", whether);
  saidTyping = whether;
}

at("text").addEventListener("input", () => sayTyping(at("text").value !== ""));
at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!at("text").value || !socket.connected) return;
  socket.emit("say", at("text").value);
  at("text").value = "";
  sayTyping(false);
});

showPlace();
