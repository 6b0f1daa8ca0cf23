// The conversation as this browser has it: joins the line, the log and what is not sent yet. Knows nothing of the page.
import { Connection } from './connection.js';
import { EntryLog } from './entry_log.js';
import { Outbox } from './outbox.js';
import { newFrame } from './protocol.js';

const BEGIN = 10000; // ms that other tabs wait for the first one's key
const ACK = 20000; // ms until an acknowledgement; then the line is taken to be dead

export class Client {
  log = new EntryLog();
  link = 'connecting';
  state = { status: 'bot', bot: 'up', identity: {}, doors: [] };
  limits = { text: 2000, file_types: [] };
  read = 0;

  // `tell(what, detail)` hears: reset, entries [entry…], older, pending, state, link, typing, read, forget,
  // refused {item, error}. `upload(item, client)` sends a file and gives the frames that answer.
  // `title()` is the page's own.
  constructor(base, keep, { lang, token, tell, upload, title = () => document.title }) {
    Object.assign(this, { base, keep, lang, token, tell, upload, title });
    this.outbox = new Outbox(keep);
    this.line = new Connection(base, {
      hello: () => this.hello(), key: () => this.key, after: () => this.log.last,
      frame: (frame) => this.hear(frame), linked: (link) => this.linked(link),
    });
  }

  // Tabs that are opened together begin one conversation: the others wait until the first has its key.
  start() {
    if (this.keep.all().key || !navigator.locks) this.begin();
    else {
      navigator.locks.request(this.keep.name, () => new Promise((done) => {
        this.begun = done;
        setTimeout(done, BEGIN);
        this.begin();
      })).catch(() => this.begin()); // a sandboxed page has no locks, and no other tab
    }
  }

  begin() {
    this.key = this.kept = this.keep.all().key;
    if (!this.over) this.line.now();
  }

  stop() {
    this.over = true;
    this.begun?.();
    this.line.stop();
  }

  // The key that another tab has got since this one looked for one and found none.
  theirs() {
    const { key } = this.keep.all();
    return !this.key && key !== this.kept && key;
  }

  hello() {
    this.known = this.key = this.theirs() || this.key;
    return {
      type: 'hello', protocol: 1, lang: this.lang, key: this.key || undefined, ...this.log.resumePoint,
      identity_token: this.token || undefined,
      page: this.page(),
    };
  }

  // Where the visitor is.
  page() {
    const page = {
      url: location.origin + location.pathname, title: this.title(),
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    this.told = page.url + page.title;
    return page;
  }

  // A page that loads no other when it goes on (pushState) says no hello again.
  moved() {
    const { told } = this;
    const page = this.page();
    if (told && told !== this.told && !this.whisper('page', { page })) this.told = told;
  }

  linked(link) {
    if (link !== 'online') this.flying = null;
    this.link = link;
    this.tell('link');
  }

  // --- what the gateway says; what it may say one day and this client does not know is left alone

  hear(frame) {
    if (frame.type === 'typing') this.tell('typing', frame);
    else this[`on_${frame.type}`]?.(frame);
  }

  on_welcome({ key, conversation, entries, limits, more, read, state }) {
    if (key && this.theirs()) {
      // Another tab was faster: nothing has been said here yet, and what is said belongs there.
      this.line.now();
      return;
    }
    const other = key || (this.conversation && this.conversation !== conversation);
    if (key) {
      // Somebody else may sit here now.
      if (this.known) this.forget();
      this.keep.set({ key });
      this.key = this.known = key;
    }
    this.begun?.();
    if (other || !this.log.continues(entries)) this.log = new EntryLog();
    this.conversation = conversation;
    this.outbox.settle(conversation);
    this.limits = limits;
    this.read = read;
    if (!this.log.last) this.log.more = more;
    const fresh = entries.filter((entry) => this.take(entry) === 'new');
    this.tell(fresh.length === this.log.entries.length ? 'reset' : 'entries', fresh);
    this.flying = null;
    this.on_state(state);
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
    if (taken !== 'gap' && entry.client_id) this.on_ack(entry);
    return taken;
  }

  on_ack({ client_id: id }) {
    this.outbox.remove(id);
    if (this.flying === id) this.flying = null;
    this.flush();
  }

  on_state(state) {
    this.state = state;
    this.tell('state');
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
    const { code, client_id: id } = error;
    const item = this.outbox.get(id);
    if (this.flying === id) this.flying = null;
    if (code === 'unknown_key') {
      this.forget();
      this.anew();
    } else if (code === 'no_session') this.line.now();
    else if (code === 'rate_limited' || code === 'unavailable') {
      if (item) this.pause(item, error.retry_after);
      else if (!id) this.line.lost();
    } else {
      if (code === 'protocol') this.line.stop();
      if (code === 'closed') this.on_state({ ...this.state, status: 'closed' });
      else this.outbox.remove(id);
      this.tell('refused', { item, error });
      this.flush();
    }
  }

  // --- what the visitor does

  post(type, fields, file) {
    const { frame } = this.outbox.add(newFrame(type, fields), this.conversation, file);
    this.tell('pending');
    this.moved();
    this.flush();
    return frame.client_id;
  }

  // One at a time, so that the order stays; what waits holds up what comes after it.
  flush() {
    const over = this.state.status === 'closed';
    const item = over ? this.outbox.has('rate') : this.outbox.items[0];
    if (!item || item.wait || this.flying || this.link !== 'online') return;
    const id = (this.flying = item.frame.client_id);
    if (item.file) {
      this.upload(item, this).then((frames) => this.line.take(frames)).catch(() => this.pause(item))
        .finally(() => this.tell('pending'));
    } else {
      this.line.send(item.frame);
      setTimeout(() => this.flying === id && this.line.now(), ACK);
    }
  }

  pause(item, seconds = 5) {
    this.flying = null;
    item.wait = setTimeout(() => {
      item.wait = null;
      this.flush();
    }, 1000 * seconds);
    this.tell('pending');
  }

  retry() {
    for (const item of this.outbox.items) item.wait = clearTimeout(item.wait);
    if (this.link === 'online') this.flush();
    else this.line.now();
  }

  // What is worth saying only while the line stands.
  whisper(type, fields) {
    return this.link === 'online' && this.line.send({ type, ...fields });
  }

  seen() {
    const seq = this.log.last;
    if (seq > this.read && this.whisper('read', { seq })) this.read = seq;
  }

  speak(lang) {
    this.lang = lang;
    this.whisper('language', { lang });
  }

  // Another customer, or nobody: the answer is a welcome, to this conversation or to another.
  identify(token) {
    this.token = token;
    this.outbox.mine.clear();
    if (!this.whisper('identify', { identity_token: token })) this.line.now();
  }

  // Another conversation: the one that another tab has begun already, or a new one.
  anew() {
    const { key } = this.keep.all();
    this.key = key === this.key ? null : key;
    this.kept = key;
    this.outbox.carry();
    this.log = new EntryLog();
    this.conversation = null;
    this.line.now();
  }

  // The conversation is deleted, here and there; what is not sent yet goes with it.
  async erase() {
    const { key } = this;
    this.outbox.mine.clear();
    const answer = await fetch(`${this.base}/v1/conversation`, {
      method: 'DELETE', headers: { Authorization: `Bearer ${key}` },
    });
    if (!answer.ok) throw new Error(answer.status);
    if (this.key !== key) return;
    this.forget();
    this.anew();
  }

  forget() {
    this.keep.set({ drafts: {} }, true);
    this.tell('forget');
  }

  unread() {
    return this.log.entries.filter(({ seq, author }) => seq > this.read && author !== 'visitor').length;
  }
}
