// A session's events by their numbers: each once, in order, whatever a reconnection does to their delivery.
export class EventOrder {
  sessionId = null;
  last = 0; // the last number that was taken
  gaps = 0; // numbers that will never come
  #take;
  #ahead = null; // events that come while we still wait for what was missed

  constructor(take) {
    this.#take = take;
  }

  hear(event) {
    if (this.#ahead) this.#ahead.push(event);
    else if (event.sessionId === this.sessionId) this.#accept(event);
  }

  // `join(last)` asks for what came after `last`, and resolves to the server's answer.
  async catchUp(join) {
    this.#ahead = [];
    try {
      const answer = await join(this.last);
      this.sessionId = answer.sessionId;
      for (const event of answer.missed) this.#accept(event);
      return answer;
    } finally {
      const ahead = this.#ahead;
      this.#ahead = null;
      for (const event of ahead) this.hear(event);
    }
  }

  #accept(event) {
    if (event.seq <= this.last) return;
    this.gaps += event.seq - this.last - 1;
    this.last = event.seq;
    this.#take(event);
  }
}
