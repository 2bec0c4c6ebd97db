// The connection, and what it is doing, for all to see. `?transport=polling` or `websocket` leaves the client no other way;
// without, it begins by polling and upgrades.
import { at } from "./dom.js";
import { asker } from "./requests.js";
import { inWords } from "./words.js";

const wanted = new URLSearchParams(location.search).get("transport");
let credentials = {};

export const socket = io({
  autoConnect: false,
  auth: (give) => give(credentials),
  ...(wanted && { transports: [wanted] }),
});
export const ask = asker(socket);
export const problemOf = ({ data, message }) => ({ code: data?.code, message });

function show(state, text) {
  at("state").dataset.state = state;
  at("state").textContent = text;
  at("transport").textContent = socket.connected ? socket.io.engine.transport.name : "none";
  at("drop").textContent = state === "offline" ? "Come back" : "Drop the connection";
  at("drop").disabled = state !== "online" && state !== "offline";
}

socket.on("connect", () => {
  const showOnline = () => show("online", socket.recovered ? "online, recovered" : "online");
  showOnline();
  socket.io.engine.on("upgrade", showOnline);
  at("session").textContent = socket.recovered ? "recovered" : "new";
});
socket.on("disconnect", (reason) => {
  if (!socket.io.reconnection()) show("offline", "offline: you dropped the connection");
  else if (socket.active) show("reconnecting", `connection lost (${reason}), trying again…`);
  else show("offline", "offline: the server ended the connection");
});
socket.on("connect_error", (error) => {
  if (socket.active) show("reconnecting", "no connection, trying again…");
  else show("offline", `not let in: ${inWords(problemOf(error))}`);
});
socket.io.on("reconnect_attempt", (attempt) => show("reconnecting", `no connection, trying again (${attempt})…`));

// What is said of us at this connection's successors.
export function introduceBy(newCredentials) {
  credentials = newCredentials;
}

export function connect() {
  show("connecting", "connecting…");
  socket.io.reconnection(true);
  socket.connect();
}

export function connectAnew() {
  socket.disconnect();
  connect();
}

// As if the network had failed: without a farewell, so that the server keeps our place for a while.
function drop() {
  socket.io.reconnection(false);
  socket.io.engine.close();
}

at("drop").addEventListener("click", () => (socket.connected ? drop() : connect()));
