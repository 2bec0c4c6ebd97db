// Clicks at given moments, by WebAudio's own clock.
export class Clicks {
  #audio = null;
  #planned = new Set();

  // A browser lets nothing be heard before the user has asked for it.
  enable(whether) {
    if (whether) this.#audio ??= new AudioContext();
    whether ? this.#audio.resume() : this.#audio.suspend();
  }

  plan(inMs, strong) {
    if (this.#audio?.state !== "running") return;
    const at = this.#audio.currentTime + inMs / 1000;
    const tone = new OscillatorNode(this.#audio, { frequency: strong ? 1600 : 1000 });
    const loudness = new GainNode(this.#audio, { gain: 0 });
    loudness.gain.setValueAtTime(strong ? 0.5 : 0.3, at);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.05);
    tone.connect(loudness).connect(this.#audio.destination);
    tone.start(at);
    tone.stop(at + 0.06);
    this.#planned.add(tone);
    tone.onended = () => this.#planned.delete(tone);
  }

  silence() {
    for (const tone of this.#planned) tone.stop();
  }
}
