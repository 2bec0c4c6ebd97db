// A shared screen: a canvas whose frames are sent as binary, room:frame, and painted by those who watch. Move the pointer
// over it while you share.
import { socket } from "./connection.js";
import { at } from "./dom.js";

const canvas = at("screen");
const paint = canvas.getContext("2d");
const { width, height } = canvas;
let shown = null; // { roomId, sharer, mine }
let number = 0;
let timer = null;
let encoding = false;
let pointer = { x: width / 2, y: height / 2 };
let seen = { frames: 0, bytes: 0, last: 0, leftOut: 0 };

// ---- the sharer's side

function paintScene(now) {
  const hue = (now / 40) % 360;
  paint.fillStyle = `hsl(${hue} 45% 22%)`;
  paint.fillRect(0, 0, width, height);
  for (let i = 0; i < 3; ++i) {
    paint.fillStyle = `hsl(${hue + 60 * (i + 1)} 70% 60%)`;
    const angle = now / 700 + (i * Math.PI * 2) / 3;
    paint.beginPath();
    paint.arc(pointer.x + 46 * Math.cos(angle), pointer.y + 46 * Math.sin(angle), 18, 0, 7);
    paint.fill();
  }
  paint.fillStyle = "white";
  paint.font = "600 20px system-ui, sans-serif";
  paint.fillText(`${shown.sharer}, frame ${number}`, 16, 32);
}

async function sendFrame() {
  if (encoding || !socket.connected) return;
  encoding = true;
  paintScene(performance.now());
  const blob = await new Promise((encoded) => canvas.toBlob(encoded, "image/jpeg", 0.8));
  const bytes = await blob.arrayBuffer();
  encoding = false;
  if (!shown?.mine) return;
  // A frame that cannot be sent at once is worth nothing later.
  socket.volatile.emit("room:frame", { roomId: shown.roomId, from: shown.sharer, frame: ++number }, bytes);
  at("screen-note").textContent = `You share frame ${number}, ${Math.ceil(bytes.byteLength / 1024)} KB.`;
}

function beat() {
  clearInterval(timer);
  timer = shown?.mine ? setInterval(sendFrame, 1000 / Number(at("frame-rate").value)) : null;
}

// ---- the watchers' side

const isWatched = ({ roomId, from }) => !shown?.mine && shown?.roomId === roomId && shown.sharer === from;

socket.on("room:frame", async (info, bytes) => {
  if (!isWatched(info)) return;
  if (seen.last > 0) seen.leftOut += Math.max(0, info.frame - seen.last - 1);
  seen = { ...seen, frames: seen.frames + 1, bytes: seen.bytes + bytes.byteLength, last: info.frame };
  const picture = await createImageBitmap(new Blob([bytes]));
  if (isWatched(info)) paint.drawImage(picture, 0, 0, width, height);
});

setInterval(() => {
  if (seen.last === 0) return;
  const rate = `${seen.frames} frames and ${Math.ceil(seen.bytes / 1024)} KB a second`;
  at("screen-note").textContent = `${shown.sharer}'s frame ${seen.last}: ${rate}, ${seen.leftOut} left out.`;
  seen = { ...seen, frames: 0, bytes: 0 };
}, 1000);

// ---- for both

// What is to be seen: a room and who shares there, or null.
export function show(what) {
  const isNew = ["roomId", "sharer", "mine"].some((key) => what?.[key] !== shown?.[key]);
  shown = what;
  if (!isNew) return;
  seen = { frames: 0, bytes: 0, last: 0, leftOut: 0 };
  paint.clearRect(0, 0, width, height);
  at("screen-note").textContent = what?.sharer ? `${what.sharer} shares a screen.` : "Nobody shares a screen.";
  beat();
}

at("frame-rate").addEventListener("change", beat);
canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
  pointer = { x: (offsetX * width) / canvas.clientWidth, y: (offsetY * height) / canvas.clientHeight };
});
