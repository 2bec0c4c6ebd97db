// Requests to the standalone server. Every one is acknowledged with { ok: true, … } or { ok: false, error }.
export class RequestError extends Error {
  constructor({ code, message, retryAfterMs }) {
    super(message);
    Object.assign(this, { code, retryAfterMs });
  }
}

export function asker(socket, patience = 10_000) {
  return async (event, request = {}) => {
    if (!socket.connected) throw new RequestError({ code: "OFFLINE", message: "there is no connection" });
    const answer = await socket.timeout(patience).emitWithAck(event, request).catch(({ message }) => {
      throw new RequestError({ code: "NO_ANSWER", message });
    });
    if (!answer.ok) throw new RequestError(answer.error);
    return answer;
  };
}
