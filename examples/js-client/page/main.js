// The page of sockeye-server: each module shows one service. What goes over the wire is told in docs/app-events.md.
import { at } from "./dom.js";

const services = ["presence", "rooms", "host", "listener", "metronome", "cases", "cluster"];

if (typeof io === "undefined") {
  document.querySelector("main").replaceChildren(at("no-client").content);
  at("state").textContent = "no client";
} else {
  await Promise.all(services.map((name) => import(`./${name}.js`)));
  (await import("./users.js")).start();
}
