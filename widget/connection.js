// One line to the gateway: a WebSocket, or plain HTTP where sockets are blocked. Comes back by itself.
import { readFrame } from './protocol.js';

const PATIENCE = 8000; // ms until a welcome, an answer, or a pong
const BEAT = 25000; // ms between pings
const UPGRADE = 60000; // ms on plain HTTP before a socket is tried again

export class Connection {
  // `owner`: hello() the frame to begin with, key(), after() the last seq, frame(f) for each that comes,
  // link('connecting' | 'online' | 'offline').
  constructor(base, owner) {
    this.base = base;
    this.owner = owner;
    this.failures = 0;
    this.wake = () => (navigator.onLine === false ? this.lost() : this.now());
    addEventListener('online', this.wake);
    addEventListener('offline', this.wake);
  }

  // Begin, or begin anew at once.
  now() {
    this.drop();
    this.owner.link('connecting');
    this.open();
  }

  stop() {
    this.drop();
    removeEventListener('online', this.wake);
    removeEventListener('offline', this.wake);
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
    for (const timer of ['again', 'late', 'beat', 'upgrade']) clearTimeout(this[timer]);
    this.close();
    this.poller?.abort();
    this.poller = null;
  }

  close() {
    if (!this.socket) return;
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  // Waits, longer each time and never in step with others, then tries again.
  lost() {
    this.drop();
    this.owner.link('offline');
    this.again = setTimeout(() => this.open(), Math.min(30000, 500 * 2 ** this.failures) * (0.5 + Math.random() / 2));
    this.failures += 1;
  }

  open() {
    try {
      this.socket = new WebSocket(`${this.base.replace(/^http/, 'ws')}/v1/socket`);
    } catch {
      this.shut();
      return;
    }
    this.late = setTimeout(() => this.shut(), PATIENCE);
    this.socket.onopen = () => {
      this.poller?.abort();
      this.poller = null;
      this.socket.send(JSON.stringify(this.owner.hello()));
    };
    this.socket.onmessage = ({ data }) => {
      this.take([data]);
      clearTimeout(this.beat);
      this.beat = setTimeout(() => this.ping(), BEAT);
    };
    this.socket.onclose = () => this.shut();
  }

  // The socket is gone, or never was: one that had worked is tried again, else plain HTTP.
  shut() {
    const worked = this.online && !this.poller;
    clearTimeout(this.late);
    this.close();
    if (worked) this.lost();
    else if (this.poller) this.upgrade = setTimeout(() => this.open(), UPGRADE);
    else this.poll();
  }

  ping() {
    this.socket?.send('{"type":"ping"}');
    this.beat = setTimeout(() => this.lost(), PATIENCE);
  }

  take(all) {
    for (const data of all) {
      const frame = readFrame(data);
      if (frame?.type === 'welcome') {
        this.online = true;
        this.failures = 0;
        clearTimeout(this.late);
      }
      if (frame) this.owner.frame(frame);
    }
  }

  async request(path, options, patience, stop) {
    const answer = await fetch(this.base + path, {
      ...options,
      headers: { ...(this.owner.key() && { Authorization: `Bearer ${this.owner.key()}` }), ...options.headers },
      signal: AbortSignal.any([AbortSignal.timeout(patience), ...(stop ? [stop] : [])]),
    });
    const { frames } = await answer.json();
    if (!Array.isArray(frames)) throw new Error(`${path}: ${answer.status}`);
    if (!stop?.aborted) this.take(frames);
    return answer.ok;
  }

  post(frame, stop) {
    const options = { method: 'POST', body: JSON.stringify(frame), headers: { 'Content-Type': 'application/json' } };
    return this.request('/v1/frames', options, PATIENCE, stop);
  }

  async poll() {
    const { signal } = (this.poller = new AbortController());
    try {
      await this.post(this.owner.hello(), signal);
      if (!this.online) throw new Error('no welcome');
      this.upgrade = setTimeout(() => this.open(), UPGRADE);
      while (!signal.aborted) {
        const path = `/v1/events?after=${this.owner.after()}&wait=25`;
        if (!await this.request(path, {}, 25000 + PATIENCE, signal)) throw new Error(path);
      }
    } catch {
      if (!signal.aborted) this.lost();
    }
  }
}
