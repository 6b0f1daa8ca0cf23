// One line to the gateway: a WebSocket, or plain HTTP where sockets are blocked. Comes back by itself.
import { readFrame } from './protocol.js';

const PATIENCE = 8000; // ms until a welcome, an answer, or a pong
const BEAT = 25000; // ms between pings
const UPGRADE = 60000; // ms on plain HTTP before a socket is tried again

export class Connection {
  // `owner`: hello() the frame to begin with, key(), after() the last seq, frame(f) for each that comes,
  // linked('connecting' | 'online' | 'offline').
  constructor(base, owner) {
    this.base = base;
    this.owner = owner;
    this.failures = 0;
    this.wake = () => {
      if (navigator.onLine === false) this.lost();
      else if (this.waiting) this.now();
      else if (this.online && !document.hidden) this.ping();
    };
    this.listen('addEventListener');
  }

  listen(how) {
    for (const event of ['online', 'offline', 'pageshow']) window[how](event, this.wake);
    document[how]('visibilitychange', this.wake);
  }

  // Begin, or begin anew at once.
  now() {
    this.drop();
    this.owner.linked('connecting');
    this.open();
  }

  stop() {
    this.drop();
    this.listen('removeEventListener');
  }

  // False when nothing is open: the owner keeps the frame.
  send(frame) {
    if (!this.online) return false;
    if (this.socket && !this.poller) this.socket.send(JSON.stringify(frame));
    else this.post(frame).catch(() => this.lost());
    return true;
  }

  drop() {
    this.online = false;
    clearTimeout(this.again);
    this.close();
    this.poller?.abort();
    this.poller = null;
  }

  close() {
    clearTimeout(this.timer);
    if (this.socket) this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket?.close();
    this.socket = null;
  }

  // Waits, longer each time and never in step with others, then tries again.
  lost() {
    this.drop();
    this.waiting = true;
    this.owner.linked('offline');
    this.again = setTimeout(() => this.open(), Math.min(30000, 500 * 2 ** this.failures) * (0.5 + Math.random() / 2));
    this.failures += 1;
  }

  open() {
    this.waiting = false;
    try {
      this.socket = new WebSocket(`${this.base.replace(/^http/, 'ws')}/v1/socket`);
    } catch {
      this.shut();
      return;
    }
    this.timer = setTimeout(() => this.shut(), PATIENCE);
    this.socket.onopen = () => {
      this.poller?.abort();
      this.poller = null;
      this.socket.send(JSON.stringify(this.owner.hello()));
    };
    this.socket.onmessage = ({ data }) => {
      this.take([data]);
      if (!this.online) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ping(), BEAT);
    };
    this.socket.onclose = () => this.shut();
  }

  // The socket is gone, or never was: one that had worked is tried again, else plain HTTP.
  shut() {
    this.close();
    if (this.poller) this.again = setTimeout(() => this.open(), UPGRADE);
    else if (this.online) this.lost();
    else this.poll();
  }

  ping() {
    if (!this.socket || this.poller) return;
    this.socket.send('{"type":"ping"}');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lost(), PATIENCE);
  }

  take(all) {
    for (const frame of all.map(readFrame)) {
      if (frame?.type === 'welcome') {
        this.online = true;
        this.failures = 0;
      }
      if (frame) this.owner.frame(frame);
    }
  }

  async request(path, options, patience, stop) {
    const key = this.owner.key();
    const answer = await fetch(this.base + path, {
      ...options,
      headers: { 'Content-Type': 'application/json', ...(key && { Authorization: `Bearer ${key}` }) },
      signal: AbortSignal.any([AbortSignal.timeout(patience), ...(stop ? [stop] : [])]),
    });
    this.take((await answer.json()).frames);
    if (stop && !(answer.ok && this.online)) throw new Error(path);
  }

  post(frame, stop) {
    return this.request('/v1/frames', { method: 'POST', body: JSON.stringify(frame) }, PATIENCE, stop);
  }

  async poll() {
    const { signal } = (this.poller = new AbortController());
    try {
      await this.post(this.owner.hello(), signal);
      this.again = setTimeout(() => this.open(), UPGRADE);
      while (true) await this.request(`/v1/events?after=${this.owner.after()}&wait=25`, {}, 25000 + PATIENCE, signal);
    } catch {
      if (!signal.aborted) this.lost();
    }
  }
}
