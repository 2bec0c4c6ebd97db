// A case as one who watches it knows it: its state, and the transitions since then by their numbers.
export class FollowedCase {
  state = null;
  #since = new Map(); // null for one that happened while we were away

  constructor(caseId) {
    this.caseId = caseId;
  }

  // Answers and transitions may overtake each other: the newest state counts.
  learn(state) {
    if (!this.state || state.seq > this.state.seq) this.state = state;
  }

  // Whether the state is older than that, so that it must be asked for.
  hear(transition) {
    this.#since.set(transition.seq, transition);
    return !this.state || transition.seq > this.state.seq;
  }

  // At the beginning, and after whatever the state may have missed.
  async catchUp(ask) {
    const { case: state } = await ask("case:watch", { caseId: this.caseId });
    for (let seq = (this.state ?? state).seq + 1; seq <= state.seq; ++seq)
      if (!this.#since.has(seq)) this.#since.set(seq, null);
    this.learn(state);
  }

  // The newest first.
  get history() {
    return [...this.#since].sort(([a], [b]) => b - a).map(([seq, transition]) => ({ seq, transition }));
  }
}
