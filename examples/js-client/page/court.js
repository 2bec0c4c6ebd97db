// The state machine `court`, as far as its parties need it: the server knows more, and decides.
const everyone = ["plaintiff", "defendant"];

export const phases = ["pending", "evidence", "analyzing", "verdict", "closed"];

// Those by more than one role take them all.
const moves = [
  { name: "accept", from: ["pending"], by: ["defendant"] },
  { name: "cancel", from: ["pending"], by: ["plaintiff"] },
  { name: "submit", from: ["evidence"], by: everyone },
  { name: "settle", from: ["evidence", "verdict"], by: everyone },
];

// The moves that this user may make now, and has not yet agreed to.
export function movesFor({ phase, parties, agreed }, userId) {
  const isOpen = ({ name, by }) => by.some((role) => parties[role] === userId && !agreed[name]?.includes(role));
  return moves.filter((move) => move.from.includes(phase) && isOpen(move)).map(({ name }) => name);
}
