// A stock client with promises for what it waits for, each kept within 10 seconds or broken.
import { io } from "socket.io-client";
import { asker } from "./page/requests.js";

const patience = 10_000;

export class Client {
  constructor(name, url) {
    this.name = name;
    this.socket = io(url, { forceNew: true });
    this.ask = asker(this.socket, patience);
  }

  // The arguments of the next such event (a recoverable one has a last one more, its offset); to be called before it is caused.
  next(event, suits = () => true) {
    return new Promise((resolve, reject) => {
      const settle = (done, result) => {
        clearTimeout(late);
        this.socket.off(event, look);
        done(result);
      };
      const look = (...args) => suits(...args) && settle(resolve, args);
      const late = setTimeout(() => settle(reject, new Error(`${this.name} waited in vain for ${event}`)), patience);
      this.socket.on(event, look);
    });
  }

  async connected() {
    if (!this.socket.connected) await this.next("connect");
  }

  // Cuts the connection without a farewell; resolves when the client has come back by itself.
  dropped() {
    const back = this.next("connect");
    this.socket.io.engine.close();
    return back;
  }
}
