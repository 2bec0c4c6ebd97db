// The shared clock. Who starts a session ticks it, by a lease; the others look after leases and take over what a dead
// instance has ticked.
import { defineScript } from "./script.js";

const tick = 100, lease = 1200, renewal = 300;

const takeOver = defineScript(`
  if redis.call('EXISTS', KEYS[1]) == 1 or redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
  return 1`);

export async function serveClock({ io, redis, node }) {
  const ticked = new Map(); // session: its timer
  let renewedAt = Date.now();

  const stateOf = async (sessionId) => {
    const { startTime = 0, tempo = 120, isPlaying = "false", position = 0 } = await redis.hGetAll(`timing:${sessionId}`);
    const now = Date.now();
    const playing = isPlaying === "true";
    const positionMs = Number(position) + (playing ? now - Number(startTime) : 0);
    return { sessionId, isPlaying: playing, tempo: Number(tempo), positionMs, startTime: Number(startTime), timestamp: now };
  };

  // By the clock, so that lateness does not add up.
  function ticking(sessionId, origin) {
    const next = (after) => {
      const positionMs = Math.max(after + tick, Math.ceil((Date.now() - origin) / tick) * tick);
      const timestamp = origin + positionMs;
      const emit = () => {
        if (Date.now() - renewedAt < lease) // or another has taken over
          io.to(`clock:${sessionId}`).volatile.emit("clock:tick", { sessionId, positionMs, timestamp });
        next(positionMs);
      };
      ticked.set(sessionId, setTimeout(emit, timestamp - Date.now()));
    };
    next(Math.floor((Date.now() - origin) / tick) * tick);
  }

  async function lookAfterLeases() {
    await redis.set(`clock:lease:${node}`, "1", { PX: lease });
    renewedAt = Date.now();
    const owners = await redis.hGetAll("clock:owners");
    for (const [sessionId, timer] of ticked)
      if (owners[sessionId] && owners[sessionId] !== node) clearTimeout(timer); // it was taken over
    const alive = new Map([[node, true]]);
    for (const [sessionId, owner] of Object.entries(owners)) {
      if (!alive.has(owner)) alive.set(owner, (await redis.exists(`clock:lease:${owner}`)) === 1);
      if (alive.get(owner)) continue;
      if (!(await takeOver(redis, [`clock:lease:${owner}`, "clock:owners"], [sessionId, owner, node]))) continue;
      const { timestamp, positionMs } = await stateOf(sessionId);
      ticking(sessionId, timestamp - positionMs);
    }
  }
  await lookAfterLeases();
  setInterval(() => lookAfterLeases().catch(console.error), renewal);

  return (socket, serve) => {
    serve("clock:join", async ({ sessionId }) => {
      socket.join(`clock:${sessionId}`);
      return { clock: await stateOf(sessionId) };
    });
    serve("clock:start", async ({ sessionId, tempo = 120, positionMs = 0 }) => {
      const startTime = Date.now();
      const timing = { startTime: String(startTime), tempo: String(tempo), isPlaying: "true", position: String(positionMs) };
      await Promise.all([redis.hSet(`timing:${sessionId}`, timing), redis.hSet("clock:owners", sessionId, node)]);
      ticking(sessionId, startTime - positionMs);
      const clock = await stateOf(sessionId);
      io.to(`clock:${sessionId}`).emit("clock:state", { clock });
      return { clock };
    });
  };
}
