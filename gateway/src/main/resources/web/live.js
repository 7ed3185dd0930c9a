// The line to the gateway: server-sent events, and the knowledge of whether they still come. The gateway beats every
// 15 seconds; who has heard nothing for longer shows old things and must say so.

const SILENT_MS = 22000;
const AGAIN_MS = 3000;
const EVENTS = ['snapshot', 'change', 'words', 'self-test', 'beat'];

export class Line {
  #source;
  #again;
  #watch;
  #handlers;

  /** handlers: one for each of EVENTS, given its data; heard(), lost(), gone() when the session is over. */
  constructor(handlers) {
    this.#handlers = handlers;
    this.#open();
  }

  close() {
    clearTimeout(this.#again);
    clearTimeout(this.#watch);
    this.#source?.close();
  }

  #open() {
    const source = new EventSource('/api/v1/events');
    this.#source = source;
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => {
        this.#heard();
        this.#handlers[name](JSON.parse(event.data));
      });
    }
    source.onerror = () => {
      this.#handlers.lost();
      // The browser comes back by itself unless it was refused; then somebody has to look why.
      if (source.readyState === EventSource.CLOSED) this.#lookAndReopen();
    };
    this.#listenForSilence();
  }

  #heard() {
    this.#handlers.heard();
    this.#listenForSilence();
  }

  #listenForSilence() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      this.#handlers.lost();
      this.#reopen();
    }, SILENT_MS);
  }

  #reopen() {
    this.#source.close();
    this.#open();
  }

  #lookAndReopen() {
    clearTimeout(this.#watch);
    clearTimeout(this.#again);
    this.#again = setTimeout(async () => {
      try {
        const response = await fetch('/api/v1/session', { cache: 'no-store' });
        if (response.status === 401) {
          this.close();
          this.#handlers.gone();
          return;
        }
      } catch {
        // Still out of reach: the next look will tell.
      }
      this.#reopen();
    }, AGAIN_MS);
  }
}
