// The line to the gateway: requests that are answered, frames that come by themselves. Comes back by itself.
import { readFrame } from '/widget/protocol.js';

// Milliseconds: until an answer, and between pings.
const PATIENCE = 10000;
const BEAT = 20000;
const NOBODY = 4401;

export class Line {
  // `owner`: hello() the fields to begin with, frame(f) for each that comes, linked('connecting' | 'online' |
  // 'offline' | 'ended').
  constructor(path, owner) {
    Object.assign(this, { path, owner, failures: 0, count: 0, asked: new Map() });
    const wake = () => {
      if (navigator.onLine === false) this.lost();
      else if (this.waiting) this.now();
      else if (this.online && !document.hidden) this.ping();
    };
    for (const event of ['online', 'offline', 'pageshow']) window.addEventListener(event, wake);
    document.addEventListener('visibilitychange', wake);
  }

  // Begin, or begin anew at once.
  now() {
    this.drop();
    this.owner.linked('connecting');
    this.open();
  }

  // The `done` frame; an Error with the gateway's `code` (and `frame`), or `lost` when no answer came.
  ask(type, fields) {
    if (!this.online && type !== 'hello') return Promise.reject(this.fault('lost'));
    const request = `r${this.count += 1}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.lost(), PATIENCE);
      this.asked.set(request, { resolve, reject, timer });
      this.socket.send(JSON.stringify({ type, request, ...fields }));
    });
  }

  // Said without waiting for an answer; whether it was done does not matter to anybody.
  whisper(type, fields) {
    this.ask(type, fields).catch(() => {});
  }

  fault(code, frame) {
    return Object.assign(new Error(code), { code, frame });
  }

  drop() {
    this.online = this.waiting = false;
    clearTimeout(this.again);
    clearTimeout(this.beat);
    if (this.socket) this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket?.close();
    this.socket = null;
    const broken = [...this.asked.values()];
    this.asked.clear();
    for (const { reject, timer } of broken) {
      clearTimeout(timer);
      reject(this.fault('lost'));
    }
  }

  // Waits, longer each time and never in step with others, then tries again.
  lost() {
    this.drop();
    this.waiting = true;
    this.owner.linked('offline');
    this.again = setTimeout(() => this.retry(), Math.min(15000, 500 * 2 ** this.failures) * (0.5 + Math.random() / 2));
    this.failures += 1;
  }

  // The session is over: only signing in helps.
  end() {
    this.drop();
    this.owner.linked('ended');
  }

  // A refused socket does not say why; the page does: it leads to the sign-in when the session is over.
  async retry() {
    try {
      const answer = await fetch('/agent', { redirect: 'manual', cache: 'no-store' });
      if (answer.type === 'opaqueredirect' || answer.status === 401) {
        this.end();
        return;
      }
    } catch {
      // Nobody there at all: the socket will find out, too.
    }
    if (this.waiting) this.now();
  }

  open() {
    const socket = this.socket = new WebSocket(location.origin.replace(/^http/, 'ws') + this.path);
    const timer = setTimeout(() => this.lost(), PATIENCE);
    socket.onopen = () => {
      clearTimeout(timer);
      // Refused, when the database does not answer, say; a line that got lost has been seen to already.
      this.ask('hello', this.owner.hello()).catch(({ code }) => code !== 'lost' && this.lost());
    };
    socket.onmessage = ({ data }) => this.take(readFrame(data));
    socket.onclose = ({ code }) => {
      clearTimeout(timer);
      if (code === NOBODY) this.end();
      else this.lost();
    };
  }

  ping() {
    this.whisper('ping');
  }

  take(frame) {
    if (!frame) return;
    if (frame.type === 'welcome') {
      this.online = true;
      this.failures = 0;
    }
    clearTimeout(this.beat);
    if (this.online) this.beat = setTimeout(() => this.ping(), BEAT);
    const asked = this.asked.get(frame.request);
    if (frame.type !== 'done' && (frame.type !== 'error' || !asked)) this.owner.frame(frame);
    if (!asked) return;
    clearTimeout(asked.timer);
    this.asked.delete(frame.request);
    if (frame.type === 'error') asked.reject(this.fault(frame.code, frame));
    else asked.resolve(frame);
  }
}
