// The connection to the gateway: a WebSocket for requests that are answered and for frames that the gateway sends.
// Reconnects by itself.
import { readFrame } from '/widget/protocol.js';
import { retryDelay, watchNetwork } from '/widget/reconnect.js';

const ANSWER_TIMEOUT = 10000; // ms
const PING_INTERVAL = 20000; // ms
const LONGEST_RETRY = 15000; // ms
const SIGNED_OUT = 4401; // close code

export class Connection {
  // `owner` has: hello() the fields of the first frame, onFrame(frame), onStatus('connecting' | 'online' | 'offline' |
  // 'ended').
  constructor(path, owner) {
    Object.assign(this, { path, owner, failures: 0, count: 0, pending: new Map() });
    watchNetwork(this);
  }

  // Connects, or connects anew at once.
  connect() {
    this.disconnect();
    this.owner.onStatus('connecting');
    this.openSocket();
  }

  // A promise of the `done` frame. Rejected with an Error with the gateway's `code` and `frame`, or with the code `lost`
  // when no answer came.
  request(type, fields) {
    if (!this.online && type !== 'hello') return Promise.reject(this.error('lost'));
    const request = `r${this.count += 1}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.lost(), ANSWER_TIMEOUT);
      this.pending.set(request, { resolve, reject, timer });
      this.socket.send(JSON.stringify({ type, request, ...fields }));
    });
  }

  // Sends a frame whose answer does not matter.
  send(type, fields) {
    this.request(type, fields).catch(() => {});
  }

  error(code, frame) {
    return Object.assign(new Error(code), { code, frame });
  }

  disconnect() {
    this.online = this.waiting = false;
    clearTimeout(this.retryTimer);
    clearTimeout(this.pingTimer);
    if (this.socket) this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket?.close();
    this.socket = null;
    const unanswered = [...this.pending.values()];
    this.pending.clear();
    for (const { reject, timer } of unanswered) {
      clearTimeout(timer);
      reject(this.error('lost'));
    }
  }

  // The connection is lost: waits, then tries again.
  lost() {
    this.disconnect();
    this.waiting = true;
    this.owner.onStatus('offline');
    this.retryTimer = setTimeout(() => this.retry(), retryDelay(this.failures, LONGEST_RETRY));
    this.failures += 1;
  }

  // The session has ended: the agent must sign in again.
  end() {
    this.disconnect();
    this.owner.onStatus('ended');
  }

  // A refused socket does not say why. The page does: it redirects to the sign-in when the session has ended.
  async retry() {
    try {
      const answer = await fetch('/agent', { redirect: 'manual', cache: 'no-store' });
      if (answer.type === 'opaqueredirect' || answer.status === 401) {
        this.end();
        return;
      }
    } catch {
      // The gateway is down: the socket will fail, too.
    }
    if (this.waiting) this.connect();
  }

  openSocket() {
    const socket = this.socket = new WebSocket(location.origin.replace(/^http/, 'ws') + this.path);
    const timer = setTimeout(() => this.lost(), ANSWER_TIMEOUT);
    socket.onopen = () => {
      clearTimeout(timer);
      // The gateway may refuse, for example while the database is down. A lost connection is handled elsewhere.
      this.request('hello', this.owner.hello()).catch(({ code }) => code !== 'lost' && this.lost());
    };
    socket.onmessage = ({ data }) => this.receive(readFrame(data));
    socket.onclose = ({ code }) => {
      clearTimeout(timer);
      if (code === SIGNED_OUT) this.end();
      else this.lost();
    };
  }

  ping() {
    this.send('ping');
  }

  receive(frame) {
    if (!frame) return;
    if (frame.type === 'welcome') {
      this.online = true;
      this.failures = 0;
    }
    clearTimeout(this.pingTimer);
    if (this.online) this.pingTimer = setTimeout(() => this.ping(), PING_INTERVAL);
    const request = this.pending.get(frame.request);
    if (frame.type !== 'done' && (frame.type !== 'error' || !request)) this.owner.onFrame(frame);
    if (!request) return;
    clearTimeout(request.timer);
    this.pending.delete(frame.request);
    if (frame.type === 'error') request.reject(this.error(frame.code, frame));
    else request.resolve(frame);
  }
}
