// A Redis script by its digest, which is sent whole where Redis does not know it yet.
import { createHash } from "node:crypto";

export function defineScript(text) {
  const digest = createHash("sha1").update(text).digest("hex");
  return async (redis, keys, args) => {
    const given = { keys, arguments: args };
    try {
      return await redis.evalSha(digest, given);
    } catch (error) {
      if (!error.message.startsWith("NOSCRIPT")) throw error;
      return redis.eval(text, given);
    }
  };
}
