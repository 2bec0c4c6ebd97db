// Users, presence and the rooms directory. What must not be torn apart is a script, as Redis runs one whole.
import { defineScript } from "./script.js";

const enter = defineScript(`
  redis.call('SADD', KEYS[2], ARGV[2])
  local changed = redis.call('SADD', KEYS[1], ARGV[1])
  return { changed, redis.call('SMEMBERS', KEYS[1]) }`);

const exit = defineScript(`
  redis.call('SREM', KEYS[2], ARGV[2])
  local changed = 0
  if redis.call('EXISTS', KEYS[2]) == 0 then changed = redis.call('SREM', KEYS[1], ARGV[1]) end
  return { changed, redis.call('SCARD', KEYS[1]), redis.call('SISMEMBER', KEYS[1], ARGV[1]) }`);

// Writes a room's document unless another has written it since it was read.
const replace = defineScript(`
  if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5])
  return 1`);

const life = 24 * 60 * 60 * 1000;

export function servePresence({ io, redis }) {
  const keysOf = (room, user) => [`room:${room}:users`, `presence:room:${room}\n${user}`];
  const tell = (roomId, userId, online, count) =>
    io.to(`room:${roomId}`).emit("presence:update", { roomId, userId, online, count });

  async function join(socket, roomId) {
    socket.join(`room:${roomId}`);
    const userId = socket.data.user;
    const [changed, users] = await enter(redis, keysOf(roomId, userId), [userId, socket.id]);
    if (changed) tell(roomId, userId, true, users.length);
    return { roomId, users, count: users.length };
  }

  async function leave(socket, roomId) {
    socket.leave(`room:${roomId}`);
    const userId = socket.data.user;
    const [changed, count, stays] = await exit(redis, keysOf(roomId, userId), [userId, socket.id]);
    if (changed) tell(roomId, userId, false, count);
    return { count, stays };
  }

  const fresh = (roomId) => ({ roomId, participants: [], sharing: [], mode: "one", createdAt: Date.now() });

  // One change of a room after the other; only other instances are raced with.
  const changing = new Map();
  async function change(roomId, edit) {
    const turn = (changing.get(roomId) ?? Promise.resolve()).then(() => write(roomId, edit));
    const settled = turn.catch(() => {});
    changing.set(roomId, settled);
    settled.then(() => changing.get(roomId) === settled && changing.delete(roomId));
    return turn;
  }

  async function write(roomId, edit) {
    for (let attempt = 0; attempt < 40; ++attempt) {
      const held = await redis.get(`room:${roomId}`);
      const room = held ? JSON.parse(held) : fresh(roomId);
      edit(room);
      room.updatedAt = Math.max(Date.now(), (room.updatedAt ?? 0) + 1);
      const ends = String(Date.now() + life);
      const written = [held ?? "", JSON.stringify(room), String(life), ends, roomId];
      if (await replace(redis, [`room:${roomId}`, "rooms:index"], written)) {
        io.to(`room:${roomId}`).emit("room:update", { room });
        return { room };
      }
    }
    throw Object.assign(new Error("too many at once"), { code: "CONFLICT" });
  }

  async function get(roomId) {
    const held = await redis.get(`room:${roomId}`);
    if (!held) throw Object.assign(new Error("there is no such room"), { code: "ROOM_NOT_FOUND" });
    return { room: JSON.parse(held) };
  }

  return (socket, serve) => {
    serve("register", async ({ userId }) => {
      socket.data.user = userId;
      socket.join(`user:${userId}`);
      const online = enter(redis, ["presence:online", `presence:user:${userId}`], [userId, socket.id]);
      await Promise.all([online, redis.set(`user:${userId}:socket`, socket.id)]);
      return { userId };
    });
    serve("presence:join", ({ roomId }) => join(socket, roomId));
    serve("presence:leave", async ({ roomId }) => ({ roomId, count: (await leave(socket, roomId)).count }));
    serve("presence:list", async ({ roomId }) => {
      const users = await redis.sMembers(`room:${roomId}:users`);
      return { roomId, users, count: users.length };
    });
    serve("room:get", ({ roomId }) => get(roomId));
    serve("room:join", async ({ roomId, metadata = null }) => {
      await join(socket, roomId);
      const userId = socket.data.user;
      return change(roomId, (room) => {
        if (room.participants.some((p) => p.userId === userId)) return;
        room.participants.push({ userId, joinedAt: Date.now(), metadata, sharing: false });
      });
    });
    serve("room:leave", async ({ roomId }) => {
      if ((await leave(socket, roomId)).stays) return get(roomId); // by another socket
      return change(roomId, (room) => {
        room.participants = room.participants.filter((p) => p.userId !== socket.data.user);
      });
    });
    serve("room:send", async ({ roomId, data }) => {
      socket.to(`room:${roomId}`).emit("room:message", { roomId, from: socket.data.user, data });
      return {};
    });
  };
}
