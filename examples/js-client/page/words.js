// Errors, as a user is told of them. What is not listed here is told in the server's own words.
const sentences = {
  UNAUTHENTICATED: "Sign in first.",
  UNAVAILABLE: "What keeps the state is away at the moment. Try again soon.",
  INTERNAL: "The server made a mistake. Its log says more.",
  ALREADY_SHARED: "Somebody else is sharing a screen here.",
  SESSION_NOT_FOUND: "There is no session with that code.",
  HOST_OFFLINE: "The host of that session is away.",
  SESSION_ENDED: "That session has ended.",
  CASE_NOT_FOUND: "There is no case of that name.",
  MOVE_NOT_ALLOWED: "The case has moved on, and does not allow that any more.",
  CONFLICT: "Others were quicker, and nothing was done. Try again.",
  TOKEN_INVALID: "The server does not accept that token.",
  TOKEN_EXPIRED: "That token has expired.",
  TOKEN_MISSING: "This server lets nobody in without a token.",
  OFFLINE: "There is no connection at the moment.",
  NO_ANSWER: "The server did not answer.",
};

// Why a session is over.
export const endings = {
  closed: "The host has closed the session.",
  "host lost": "The host is gone, and the session with it.",
  expired: "The session was too old, and is over.",
};

const asSentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}.`;

export function inWords({ code, message, retryAfterMs }) {
  if (code === "RATE_LIMITED") return `Too many requests. Try again in ${Math.ceil(retryAfterMs / 1000)} s.`;
  return sentences[code] ?? asSentence(message);
}
