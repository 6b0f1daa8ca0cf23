// The visitor's side of docs/protocol.md: holds the conversation's log, state and outbox. Knows nothing of the page.
import { Connection } from './connection.js';
import { EntryLog } from './entry_log.js';
import { Outbox } from './outbox.js';
import { newFrame } from './protocol.js';

const KEY_TIMEOUT = 10000; // ms that other tabs wait for the first tab's key
const ACK_TIMEOUT = 20000; // ms until an acknowledgement; then the connection counts as lost
const RETRY_SECONDS = 5;

export class Client {
  log = new EntryLog();
  isOnline = false;
  state = { status: 'bot', bot: 'up', identity: {}, contact_options: [] };
  limits = { text: 2000, file_types: [] };
  read = 0; // the seq that the visitor has read

  // `emit(event, detail)` hears: reset, entries [entry…], older, outbox, state, connection, typing (a frame), read,
  // forget (another person may sit here now), rejected {item, error}. `upload(item, client)` sends a file and returns
  // the frames that answer. `title()` returns the page's own title.
  constructor(base, storage, { lang, token, emit, upload, title = () => document.title }) {
    Object.assign(this, { base, storage, lang, token, emit, upload, title });
    this.outbox = new Outbox(storage);
    this.connection = new Connection(base, {
      hello: () => this.hello(), key: () => this.key, after: () => this.log.last,
      onFrame: (frame) => this.onFrame(frame), onChange: (isOnline) => this.onConnection(isOnline),
    });
  }

  // Tabs that are opened together share one conversation: the others wait until the first one has a key.
  start() {
    if (this.storage.read().key) this.connect();
    else this.whenNoOtherTabBegins(() => this.connect());
  }

  // Calls `connect`, with which this tab gets a key. A sandboxed page has no locks, and no other tab.
  whenNoOtherTabBegins(connect) {
    if (!navigator.locks) {
      connect();
      return;
    }
    navigator.locks.request(this.storage.name, () => new Promise((done) => {
      this.releaseLock = done;
      setTimeout(done, KEY_TIMEOUT);
      connect();
    })).catch(connect);
  }

  connect() {
    this.key = this.ownKey = this.storage.read().key;
    if (!this.stopped) this.connection.connect();
  }

  stop() {
    this.stopped = true;
    this.releaseLock?.();
    this.connection.stop();
  }

  // The key that another tab has stored since this tab looked for one and found none.
  otherTabsKey() {
    const { key } = this.storage.read();
    return !this.key && key !== this.ownKey && key;
  }

  hello() {
    this.sentKey = this.key = this.otherTabsKey() || this.key;
    return {
      type: 'hello', protocol: 1, lang: this.lang, key: this.key || undefined, ...this.log.resumePoint,
      identity_token: this.token || undefined,
      page: this.page(),
    };
  }

  // The page that the visitor is on.
  page() {
    const page = {
      url: location.origin + location.pathname, title: this.title(),
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    this.sentPage = page.url + page.title;
    return page;
  }

  // Sends the page if it has changed. A page that navigates with pushState says no further hello.
  pageChanged() {
    const { sentPage } = this;
    const page = this.page();
    if (sentPage && sentPage !== this.sentPage && !this.sendIfOnline('page', { page })) this.sentPage = sentPage;
  }

  onConnection(isOnline) {
    if (!isOnline) this.inFlight = null;
    this.isOnline = isOnline;
    this.emit('connection');
  }

  // Frames from the gateway. Unknown types are ignored.

  onFrame(frame) {
    if (frame.type === 'typing') this.emit('typing', frame);
    else this[`on_${frame.type}`]?.(frame);
  }

  on_welcome({ key, conversation, entries, limits, more, read, state }) {
    if (key && this.otherTabsKey()) {
      // Another tab was faster. Nothing is stored in this tab's conversation yet: join the other one.
      this.connection.connect();
      return;
    }
    const isOther = key || (this.conversation && this.conversation !== conversation);
    if (key) {
      // Another person may sit here now.
      if (this.sentKey) this.forget();
      this.storage.write({ key });
      this.key = this.sentKey = key;
    }
    this.releaseLock?.();
    if (isOther || !this.log.continues(entries)) this.log = new EntryLog();
    this.conversation = conversation;
    this.outbox.assign(conversation);
    this.limits = limits;
    this.read = read;
    if (!this.log.last) this.log.more = more;
    const added = entries.filter((entry) => this.addEntry(entry) === 'new');
    this.emit(added.length === this.log.entries.length ? 'reset' : 'entries', added);
    this.inFlight = null;
    this.on_state(state);
    this.onConnection(true);
    this.flush();
  }

  on_entry({ entry }) {
    const result = this.addEntry(entry);
    if (result === 'gap') this.connection.connect();
    else if (result === 'new') this.emit('entries', [entry]);
  }

  // Also acknowledges the outbox item that became this entry.
  addEntry(entry) {
    const result = this.log.add(entry);
    if (result !== 'gap' && entry.client_id) this.on_ack(entry);
    return result;
  }

  on_ack({ client_id: id }) {
    this.outbox.remove(id);
    if (this.inFlight === id) this.inFlight = null;
    this.flush();
  }

  on_state(state) {
    this.state = state;
    this.emit('state');
  }

  on_read({ seq }) {
    this.read = Math.max(this.read, seq);
    this.emit('read');
  }

  on_history({ entries, more }) {
    this.log.prepend(entries, more);
    this.emit('older');
  }

  on_error(error) {
    const { code, client_id: id } = error;
    const item = this.outbox.get(id);
    if (this.inFlight === id) this.inFlight = null;
    if (code === 'unknown_key') {
      this.forget();
      this.startNew();
    } else if (code === 'no_session') this.connection.connect();
    else if (code === 'rate_limited' || code === 'unavailable') {
      if (item) this.retryLater(item, error.retry_after);
      else if (!id) this.connection.lost();
    } else {
      if (code === 'protocol') this.connection.stop();
      if (code === 'closed') this.on_state({ ...this.state, status: 'closed' });
      else this.outbox.remove(id);
      this.emit('rejected', { item, error });
      this.flush();
    }
  }

  // What the visitor does.

  // Puts a frame into the outbox and sends it as soon as possible. Returns its client_id.
  send(type, fields, file) {
    const { frame } = this.outbox.add(newFrame(type, fields), this.conversation, file);
    this.emit('outbox');
    this.pageChanged();
    this.flush();
    return frame.client_id;
  }

  // Sends the first item of the outbox. One item at a time keeps the order; an item that waits holds up the others.
  flush() {
    const item = this.state.status === 'closed' ? this.outbox.find('rate') : this.outbox.items[0];
    if (!item || item.retryTimer || this.inFlight || !this.isOnline) return;
    const id = (this.inFlight = item.frame.client_id);
    if (item.file) {
      this.upload(item, this).then((frames) => this.connection.receive(frames)).catch(() => this.retryLater(item))
        .finally(() => this.emit('outbox'));
    } else {
      this.connection.send(item.frame);
      setTimeout(() => this.inFlight === id && this.connection.connect(), ACK_TIMEOUT);
    }
  }

  retryLater(item, seconds = RETRY_SECONDS) {
    this.inFlight = null;
    item.retryTimer = setTimeout(() => {
      item.retryTimer = null;
      this.flush();
    }, 1000 * seconds);
    this.emit('outbox');
  }

  // Sends or connects at once, without further waiting.
  retry() {
    for (const item of this.outbox.items) item.retryTimer = clearTimeout(item.retryTimer);
    if (this.isOnline) this.flush();
    else this.connection.connect();
  }

  // For frames that mean nothing later. Returns false when the client is not online.
  sendIfOnline(type, fields) {
    return this.isOnline && this.connection.send({ type, ...fields });
  }

  markRead() {
    const seq = this.log.last;
    if (seq > this.read && this.sendIfOnline('read', { seq })) this.read = seq;
  }

  setLanguage(lang) {
    this.lang = lang;
    this.sendIfOnline('language', { lang });
  }

  // Another customer, or nobody (null). The gateway answers with a welcome, to this conversation or to another.
  identify(token) {
    this.token = token;
    this.outbox.ownItems.clear();
    if (!this.sendIfOnline('identify', { identity_token: token })) this.connection.connect();
  }

  // Starts another conversation: the one that another tab has started already, or a new one.
  startNew() {
    const { key } = this.storage.read();
    this.key = key === this.key ? null : key;
    this.ownKey = key;
    this.outbox.moveOwnItems();
    this.log = new EntryLog();
    this.conversation = null;
    this.connection.disconnect();
    if (this.key) this.connection.connect();
    else this.whenNoOtherTabBegins(() => this.connection.connect());
  }

  // Deletes the conversation on the server and here, unsent messages too. Throws when the server refuses.
  async erase() {
    const { key } = this;
    this.outbox.ownItems.clear();
    const answer = await fetch(`${this.base}/v1/conversation`, {
      method: 'DELETE', headers: { Authorization: `Bearer ${key}` },
    });
    if (!answer.ok) throw new Error(answer.status);
    if (this.key !== key) return;
    this.forget();
    this.startNew();
  }

  forget() {
    this.storage.write({ drafts: {} }, true);
    this.emit('forget');
  }

  // The number of unread entries.
  unread() {
    return this.log.entries.filter(({ seq, author }) => seq > this.read && author !== 'visitor').length;
  }
}
