// A transport that several follow by the server's clock: where it is at this moment, and when its next beat is.
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

export class SharedClock {
  #samples = [];
  #clock = null;
  #now;

  // `now` is this side's clock in milliseconds, which never jumps.
  constructor(now) {
    this.#now = now;
  }

  // A ping: sent and received by our clock, answered by the server's. The quickest of the last ones tells most.
  measured({ sent, serverTime, received }) {
    this.#samples.push({ offset: serverTime - (sent + received) / 2, roundTrip: received - sent });
    if (this.#samples.length > 20) this.#samples.shift();
  }

  async measure(ask, times = 5) {
    for (let i = 0; i < times; ++i) {
      const sent = this.#now();
      const { serverTime } = await ask("clock:ping", { clientTime: sent });
      this.measured({ sent, serverTime, received: this.#now() });
    }
  }

  get #best() {
    return this.#samples.reduce((best, one) => (one.roundTrip < best.roundTrip ? one : best));
  }
  get offset() {
    return this.#best.offset;
  }
  get roundTrip() {
    return median(this.#samples.map(({ roundTrip }) => roundTrip));
  }
  get serverTime() {
    return this.#now() + this.offset;
  }

  follow(clock) {
    this.#clock = clock;
  }
  get isPlaying() {
    return this.#clock?.isPlaying ?? false;
  }
  get tempo() {
    return this.#clock?.tempo;
  }
  positionAt(serverTime) {
    const { isPlaying, positionMs, timestamp } = this.#clock;
    return isPlaying ? positionMs + serverTime - timestamp : positionMs;
  }

  // The beats of the next milliseconds: their numbers from the start, and how long it is till then.
  beatsWithin(milliseconds) {
    if (!this.isPlaying) return [];
    const length = 60_000 / this.tempo;
    const from = this.positionAt(this.serverTime);
    const beats = [];
    for (let beat = Math.ceil(from / length); beat * length < from + milliseconds; ++beat)
      beats.push({ beat, inMs: beat * length - from });
    return beats;
  }
}
