// The connection to the gateway: a WebSocket, or HTTP long polling where sockets are blocked. Reconnects by itself.
import { readFrame } from './protocol.js';
import { retryDelay, watchNetwork } from './reconnect.js';

const ANSWER_TIMEOUT = 8000; // ms until a welcome, an answer, or a pong
const PING_INTERVAL = 25000; // ms
const SOCKET_RETRY = 60000; // ms on HTTP before a socket is tried again
const POLL_SECONDS = 25;
const LONGEST_RETRY = 30000; // ms

export class Connection {
  // `owner` has: hello() the first frame, key(), after() the last seq, onFrame(frame), onChange(isOnline).
  constructor(base, owner) {
    this.base = base;
    this.owner = owner;
    this.failures = 0;
    this.stopWatching = watchNetwork(this);
  }

  // Connects, or connects anew at once.
  connect() {
    this.disconnect();
    this.owner.onChange(false);
    this.openSocket();
  }

  stop() {
    this.disconnect();
    this.stopWatching();
  }

  // Returns false when there is no connection: the frame was not sent.
  send(frame) {
    if (!this.online) return false;
    if (this.socket && !this.poller) this.socket.send(JSON.stringify(frame));
    else this.postFrame(frame).catch(() => this.lost());
    return true;
  }

  disconnect() {
    this.online = false;
    clearTimeout(this.retryTimer);
    this.closeSocket();
    this.poller?.abort();
    this.poller = null;
  }

  closeSocket() {
    clearTimeout(this.timer);
    if (this.socket) this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket?.close();
    this.socket = null;
  }

  // The connection is lost: waits, then tries again.
  lost() {
    this.disconnect();
    this.waiting = true;
    this.owner.onChange(false);
    this.retryTimer = setTimeout(() => this.openSocket(), retryDelay(this.failures, LONGEST_RETRY));
    this.failures += 1;
  }

  openSocket() {
    this.waiting = false;
    try {
      this.socket = new WebSocket(`${this.base.replace(/^http/, 'ws')}/v1/socket`);
    } catch {
      this.socketFailed();
      return;
    }
    this.timer = setTimeout(() => this.socketFailed(), ANSWER_TIMEOUT);
    this.socket.onopen = () => {
      this.poller?.abort();
      this.poller = null;
      this.socket.send(JSON.stringify(this.owner.hello()));
    };
    this.socket.onmessage = ({ data }) => {
      this.receive([data]);
      if (!this.online) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ping(), PING_INTERVAL);
    };
    this.socket.onclose = () => this.socketFailed();
  }

  // The socket closed or never opened. A socket that had worked is opened again; otherwise HTTP takes its place.
  socketFailed() {
    this.closeSocket();
    if (this.poller) this.retryTimer = setTimeout(() => this.openSocket(), SOCKET_RETRY);
    else if (this.online) this.lost();
    else this.poll();
  }

  ping() {
    if (!this.socket || this.poller) return;
    this.socket.send('{"type":"ping"}');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lost(), ANSWER_TIMEOUT);
  }

  // `frames`: JSON texts or parsed frames.
  receive(frames) {
    for (const frame of frames.map(readFrame)) {
      if (frame?.type === 'welcome') {
        this.online = true;
        this.failures = 0;
      }
      if (frame) this.owner.onFrame(frame);
    }
  }

  async request(path, options, timeout, signal) {
    const key = this.owner.key();
    const answer = await fetch(this.base + path, {
      ...options,
      headers: { 'Content-Type': 'application/json', ...(key && { Authorization: `Bearer ${key}` }) },
      signal: AbortSignal.any([AbortSignal.timeout(timeout), ...(signal ? [signal] : [])]),
    });
    this.receive((await answer.json()).frames);
    if (signal && !(answer.ok && this.online)) throw new Error(path);
  }

  postFrame(frame, signal) {
    return this.request('/v1/frames', { method: 'POST', body: JSON.stringify(frame) }, ANSWER_TIMEOUT, signal);
  }

  async poll() {
    const { signal } = (this.poller = new AbortController());
    const timeout = 1000 * POLL_SECONDS + ANSWER_TIMEOUT;
    try {
      await this.postFrame(this.owner.hello(), signal);
      this.retryTimer = setTimeout(() => this.openSocket(), SOCKET_RETRY);
      while (true) {
        await this.request(`/v1/events?after=${this.owner.after()}&wait=${POLL_SECONDS}`, {}, timeout, signal);
      }
    } catch {
      if (!signal.aborted) this.lost();
    }
  }
}
