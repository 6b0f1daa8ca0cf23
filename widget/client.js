// The conversation as this browser has it: joins the line, the log and what is not sent yet. Knows nothing of the page.
import { Connection } from './connection.js';
import { Log } from './log.js';
import { Outbox } from './outbox.js';
import { make } from './protocol.js';

const ACK = 20000; // ms until an acknowledgement; then the line is taken to be dead

export class Client {
  // `tell(what, detail)` hears: reset, entries [entry…], older, pending, state, link, typing, read, forget, refused {item, error}.
  constructor({ base, keep, lang, token, tell }) {
    Object.assign(this, { base, keep, lang, token, tell });
    this.log = new Log();
    this.outbox = new Outbox(keep);
    this.link = 'connecting';
    this.state = { status: 'bot', bot: 'up', identity: { status: 'anonymous' }, queue: null, agent: null, doors: [] };
    this.limits = { text: 2000, file_bytes: 5242880, file_types: [] };
    this.read = 0;
    this.line = new Connection(base, {
      hello: () => this.hello(), key: () => this.key, after: () => this.log.last,
      frame: (frame) => this[`on_${frame.type}`]?.(frame), link: (link) => this.linked(link),
    });
  }

  start() {
    this.key = this.keep.get('key');
    this.line.now();
  }

  hello() {
    this.known = this.key;
    return {
      type: 'hello', protocol: 1, lang: this.lang, key: this.key || undefined, after: this.log.last,
      identity_token: this.token || undefined, page: { url: location.href.split(/[?#]/)[0], title: document.title },
    };
  }

  linked(link) {
    if (link !== 'online') this.flying = null;
    this.link = link;
    this.tell('link');
  }

  // --- what the gateway says

  on_welcome(frame) {
    const first = frame.entries[0]?.seq;
    const other = frame.key || (this.conversation && this.conversation !== frame.conversation);
    if (frame.key) this.keep.set('key', (this.key = frame.key));
    if (other || (this.log.last && first > this.log.last + 1)) this.log.clear();
    if (frame.key && this.known) this.forget();
    this.conversation = frame.conversation;
    this.outbox.settle(frame.conversation);
    this.limits = frame.limits || this.limits;
    this.read = frame.read || 0;
    if (!this.log.last) this.log.more = Boolean(frame.more);
    const fresh = frame.entries.filter((entry) => this.take(entry) === 'new');
    this.flying = null;
    this.tell(other || fresh.length === this.log.entries.length ? 'reset' : 'entries', fresh);
    this.on_state(frame.state);
    this.linked('online');
    this.flush();
  }

  on_entry({ entry }) {
    const taken = this.take(entry);
    if (taken === 'gap') this.line.now();
    else if (taken === 'new') this.tell('entries', [entry]);
  }

  take(entry) {
    const taken = this.log.add(entry);
    if (taken !== 'gap' && entry.client_id) this.sent(entry.client_id);
    return taken;
  }

  on_ack({ client_id: id }) {
    this.sent(id);
    this.flush();
  }

  on_state(state) {
    this.state = state;
    this.tell('state');
  }

  on_typing(frame) {
    this.tell('typing', frame);
  }

  on_read({ seq }) {
    this.read = Math.max(this.read, seq);
    this.tell('read');
  }

  on_history({ entries, more }) {
    this.log.prepend(entries, more);
    this.tell('older');
  }

  on_error(error) {
    const item = this.outbox.get(error.client_id);
    if (this.flying === error.client_id) this.flying = null;
    if (error.code === 'unknown_key') {
      this.forget();
      this.anew(true);
    }
    else if (['rate_limited', 'unavailable'].includes(error.code)) {
      if (item) {
        item.wait = error.code;
        setTimeout(() => { item.wait = null; this.flush(); }, 1000 * (error.retry_after || 3));
      }
      this.tell('pending', error);
    } else {
      if (error.code === 'protocol') this.line.stop();
      if (error.code === 'closed') this.on_state({ ...this.state, status: 'closed' });
      else if (item) this.outbox.remove(error.client_id);
      this.tell('refused', { item, error });
      this.flush();
    }
  }

  // --- what the visitor does

  post(type, fields) {
    const item = this.outbox.add(make(type, fields), this.conversation ?? null);
    this.tell('pending');
    this.flush();
    return item.frame.client_id;
  }

  sent(id) {
    if (this.flying === id) this.flying = null;
    return this.outbox.remove(id);
  }

  flush() {
    const over = this.state.status === 'closed';
    const item = over ? this.outbox.items.find(({ frame }) => frame.type === 'rate') : this.outbox.next();
    if (!item || this.flying || this.link !== 'online' || !this.line.send(item.frame)) return;
    const id = (this.flying = item.frame.client_id);
    setTimeout(() => this.flying === id && this.line.now(), ACK);
  }

  retry() {
    for (const item of this.outbox.items) item.wait = null;
    if (this.link === 'online') this.flush();
    else this.line.now();
  }

  // What is worth saying only while the line stands.
  whisper(frame) {
    return this.link === 'online' && this.line.send(frame);
  }

  seen() {
    if (this.log.last > this.read && this.whisper({ type: 'read', seq: this.log.last })) this.on_read({ seq: this.log.last });
  }

  older() {
    this.whisper({ type: 'history', before: this.log.first });
  }

  speak(lang) {
    this.lang = lang;
    this.whisper({ type: 'language', lang });
  }

  // Another customer, or nobody: the answer is a welcome, to this conversation or to another.
  identify(token) {
    this.token = token;
    this.outbox.mine.clear();
    if (!this.whisper({ type: 'identify', identity_token: token })) this.line.now();
  }

  // Another conversation: the one that another tab has begun already, or a new one.
  anew(lost = false) {
    const stored = this.keep.get('key');
    const theirs = stored !== this.key ? stored : null;
    this.outbox.carry();
    this.key = theirs;
    if (lost) this.keep.set('key', theirs ?? undefined);
    this.log.clear();
    this.line.now();
  }

  // The key opened nothing any more: somebody else may sit here, so no draft may stay.
  forget() {
    this.keep.set('drafts', {}, true);
    this.tell('forget');
  }

  unread() {
    return this.log.entries.filter(({ seq, author }) => seq > this.read && author !== 'visitor').length;
  }
}
