// What the console knows and does: frames of docs/console.md in, news for the page out.
import { Chat } from './conversation.js';
import { Line } from './connection.js';
import { Sending } from './send_queue.js';

const PROTOCOL = 1;
const WHISPER = 3000; // ms between two signs that the agent is typing
const PAUSE = 8000; // ms after which they are typing no more

export class Desk {
  link = 'connecting';
  queue = { cases: [], counts: {} };
  mine = [];
  team = [];
  chats = new Map();
  typed = new Map();

  // `tell(what, detail)` hears: link, welcome, lists, chat (a Chat), story (a Chat), typing (a Chat), pending (a
  // conversation's id), alert (a frame), refused ({item, error}), gone ({conversation, code, note, shown}: nothing of it
  // is to be seen any more; `shown`: it was on the screen), stranger (another agent has signed in).
  constructor(tell) {
    this.tell = tell;
    this.line = new Line('/agent/socket', this);
    this.sending = new Sending(this);
  }

  start() {
    this.line.now();
  }

  hello() {
    return { protocol: PROTOCOL };
  }

  linked(link) {
    this.link = link;
    this.tell('link');
  }

  frame(frame) {
    this[`on_${frame.type}`]?.(frame);
  }

  on_welcome({ agent, csrf, team, queue, mine, type, request, ...facts }) {
    const again = Boolean(this.agent);
    // Somebody else has signed in in another tab: nothing of this page is theirs.
    if (again && this.agent.id !== agent.id) {
      this.line.drop();
      this.tell('stranger');
      return;
    }
    Object.assign(this, { agent, csrf, facts, queue });
    this.team = team.agents;
    this.mine = mine.cases;
    this.sending.of(agent.id);
    this.linked('online');
    this.tell('welcome', again);
    for (const chat of this.chats.values()) chat.isOpen = false;
    if (this.current) this.open(this.current);
    this.sending.flush();
  }

  on_queue({ cases, counts }) {
    this.queue = { cases, counts };
    this.tell('lists');
  }

  on_mine({ cases }) {
    this.mine = cases;
    const own = new Set(cases.map(({ conversation }) => conversation));
    for (const id of [...this.chats.keys()]) if (!own.has(id) && id !== this.current) this.forget(id);
    this.tell('lists');
    this.seen();
  }

  on_team({ agents }) {
    this.team = agents;
    const me = agents.find(({ id }) => id === this.agent.id);
    if (me) this.agent = { ...this.agent, ...me };
    this.tell('lists');
  }

  on_opened(frame) {
    const chat = this.chat(frame.conversation);
    chat.opened(frame);
    this.sending.settle(chat);
    this.tell('chat', chat);
    this.seen();
  }

  on_entry({ conversation, entry }) {
    const chat = this.chats.get(conversation);
    if (!chat) return;
    if (chat.log.add(entry) === 'gap') {
      this.open(conversation);
      return;
    }
    if (entry.author === 'visitor') chat.typing = false;
    this.sending.settle(chat);
    this.tell('story', chat);
    this.seen();
  }

  on_note({ conversation, note }) {
    const chat = this.chats.get(conversation);
    if (!chat) return;
    chat.noted(note);
    this.sending.settle(chat);
    this.tell('story', chat);
  }

  on_chat({ conversation, type, request, ...how }) {
    const chat = this.chats.get(conversation);
    if (!chat) return;
    Object.assign(chat, how);
    this.tell('chat', chat);
    this.seen();
  }

  on_case({ conversation, case: row, clocks }) {
    const chat = this.chats.get(conversation);
    if (!chat) return;
    Object.assign(chat, { case: row, clocks });
    this.tell('chat', chat);
  }

  on_typing({ conversation, on }) {
    const chat = this.chats.get(conversation);
    if (!chat) return;
    chat.typing = on;
    this.tell('typing', chat);
  }

  // Out of the agent's scope from now on, or erased: nothing more of it comes, and what was shown of it is put away.
  on_gone({ conversation, code, notes }) {
    this.chats.delete(conversation);
    const shown = conversation === this.current;
    if (shown) this.current = null;
    this.tell('gone', { conversation, code, note: notes[0], shown });
  }

  on_alert(frame) {
    this.tell('alert', frame);
  }

  // An error that answers nothing that was asked.
  on_error(frame) {
    this.tell('refused', { error: frame });
  }

  chat(id) {
    if (!this.chats.has(id)) this.chats.set(id, new Chat(id));
    return this.chats.get(id);
  }

  get shown() {
    return this.chats.get(this.current);
  }

  isMine(chat) {
    return Boolean(chat?.agent && chat.agent.id === this.agent?.id && chat.status === 'connected');
  }

  get isLead() {
    return ['lead', 'admin'].includes(this.agent?.role);
  }

  row(id) {
    return this.mine.find(({ conversation }) => conversation === id)
      || this.queue.cases.find(({ conversation }) => conversation === id);
  }

  // Look at a conversation; the one before is let go of, unless it is the agent's own.
  open(id) {
    const before = this.current;
    if (before && before !== id && !this.mine.some(({ conversation }) => conversation === before)) this.forget(before);
    this.current = id;
    const opening = this.line.ask('open', { conversation: id, ...this.chats.get(id)?.log.seen });
    opening.catch((error) => {
      if (error.code === 'lost' || this.current !== id) return;
      const wait = error.frame.retry_after;
      if (wait) {
        setTimeout(() => this.current === id && this.open(id), 1000 * wait);
        return;
      }
      this.current = null;
      if (['not_allowed', 'unknown'].includes(error.code)) {
        this.tell('gone', { conversation: id, code: error.code, shown: true });
        return;
      }
      this.tell('chat');
      this.tell('refused', { error });
    });
    return opening;
  }

  forget(id) {
    this.line.whisper('shut', { conversation: id });
    this.chats.delete(id);
  }

  older(chat) {
    const before = chat.log.first;
    if (!chat.log.more || chat.olderThan === before) return;
    chat.olderThan = before;
    this.line.ask('history', { conversation: chat.id, before }).then(({ entries, more }) => {
      chat.log.prepend(entries, more);
      this.tell('story', chat);
    }, () => { chat.olderThan = 0; });
  }

  // What is on the screen is read, while somebody looks at it.
  seen() {
    const chat = this.shown;
    const last = chat?.log.last;
    if (!last || document.hidden || !this.isMine(chat)) return;
    // Just taken, it may not be known yet that it is one's own: then the row counts still, and it is said again.
    if (chat.mark >= last && !this.row(chat.id)?.unread) return;
    chat.mark = last;
    this.line.whisper('read', { conversation: chat.id, seq: last });
  }

  // The agent types an answer (`on`), or has stopped: the text is gone, or nothing was added for a while.
  typing(chat, on) {
    if (!chat || !this.isMine(chat)) return;
    const { id } = chat;
    const told = this.typed.get(id);
    clearTimeout(told?.timer);
    if (!on && !told) return;
    const fresh = on && told && Date.now() - told.at < WHISPER;
    const timer = on && setTimeout(() => this.typing(chat, false), PAUSE);
    if (on) this.typed.set(id, { at: fresh ? told.at : Date.now(), timer });
    else this.typed.delete(id);
    if (!fresh) this.line.whisper('typing', { conversation: id, on });
  }
}
