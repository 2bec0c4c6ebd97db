// The instances of the cluster, and where state is kept: cluster:stats.
import { ask, socket } from "./connection.js";
import { at, attempt, element, fill, whileSeen } from "./dom.js";

const kinds = { memory: "this server's memory", redis: "Redis" };

function row({ id, clients }, here) {
  const name = element("th", { scope: "row" }, id, id === here ? " (yours)" : "");
  return element("tr", {}, name, element("td", {}, clients));
}

async function show() {
  const { node, nodes, store } = await ask("cluster:stats");
  at("store").textContent = `${kinds[store.kind] ?? store.kind}${store.ready ? "" : ", which is away"}`;
  fill("nodes", nodes.map((one) => row(one, node)));
}

socket.on("connect", () => attempt("cluster", show));
whileSeen(2000, show);
