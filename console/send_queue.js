// What an agent wrote and the gateway has not stored yet: kept through reloads, sent one at a time, in order, once.
import { BrowserStorage } from '/widget/storage.js';
import { Outbox } from '/widget/outbox.js';
import { newFrame } from '/widget/protocol.js';
import { upload } from './upload.js';

const AGAIN = 2000; // ms
// Codes after which it may go better the next time.
const PASSING = new Set(['lost', 'unavailable', 'rate_limited']);

export class Sending {
  constructor(desk) {
    this.desk = desk;
  }

  // Whose things: somebody else may have worked in this browser before.
  of(agent) {
    this.outbox ||= new Outbox(new BrowserStorage(`kilat-console:${agent}`));
  }

  // `type` is `say` or `note`; a file goes with its name as the text, and does not survive a reload.
  post(type, chat, text, file) {
    this.outbox.add(newFrame(type, { conversation: chat.id, text }), chat.id, file);
    this.flush();
    this.desk.tell('pending', chat.id);
  }

  pending(id) {
    return (this.outbox?.items || []).filter(({ conversation }) => conversation === id);
  }

  get next() {
    return this.outbox?.items.find(({ sent }) => !sent);
  }

  // When all that was sent in a conversation is stored; breaks off when something of it can't be, or not now.
  stored(id) {
    const waits = this.pending(id).filter(({ sent }) => !sent)
      .map((item) => new Promise((resolve, reject) => { item.heard = { resolve, reject }; }));
    if (waits.length) this.flush();
    return Promise.all(waits);
  }

  async flush() {
    const { desk } = this;
    if (this.busy) return;
    this.busy = true;
    let why = desk.line.fault('lost');
    for (let item = this.next; item && desk.link === 'online'; item = this.next) {
      const { type, ...fields } = item.frame;
      try {
        const { seq } = await (item.file ? upload(item, desk.csrf) : desk.line.ask(type, fields));
        Object.assign(item, { seq, sent: true }); // its entry takes it away
        item.heard?.resolve();
        this.settle(desk.chat(item.conversation));
      } catch (error) {
        why = error;
        if (PASSING.has(error.code)) break;
        item.heard?.reject(error);
        if (!this.outbox.items.includes(item)) continue; // taken back meanwhile
        this.drop(item);
        desk.tell('refused', { item, error });
      }
    }
    this.busy = false;
    for (const item of this.outbox.items) if (!item.sent) item.heard?.reject(why);
    if (desk.link === 'online' && this.next) setTimeout(() => this.flush(), AGAIN);
  }

  drop(item) {
    this.outbox.remove(item.frame.client_id);
    this.desk.tell('pending', item.conversation);
  }

  // What the log or the notes have is no more on its way; nor is what was stored where nobody looks now.
  settle(chat) {
    const gone = this.pending(chat.id).filter(({ frame, seq, sent }) => chat.has(frame.client_id)
      || (sent && (!chat.isOpen || seq <= chat.log.last)));
    for (const item of gone) this.drop(item);
  }
}
