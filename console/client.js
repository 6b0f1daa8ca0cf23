// The agent's side of docs/console.md: holds the lists, the open conversations and what is not sent yet. Knows nothing
// of the page.
import { Connection } from './connection.js';
import { Conversation } from './conversation.js';
import { SendQueue } from './send_queue.js';

const PROTOCOL = 1;
const TYPING_INTERVAL = 3000; // ms between two `typing` frames
const TYPING_TIMEOUT = 8000; // ms without a change after which the agent counts as no longer typing

export class Client {
  connectionStatus = 'connecting'; // 'online', 'offline', 'ended'
  queue = { cases: [], counts: {} };
  ownCases = [];
  team = [];
  conversations = new Map(); // id -> Conversation
  currentId = null; // of the conversation on the screen
  typingSent = new Map(); // conversation id -> {at, timer}

  // `emit(event, detail)` hears: connection, welcome (true: not the first one), lists, conversation (a Conversation),
  // timeline (a Conversation), typing (a Conversation), outbox (a conversation's id), alert (a frame), rejected ({item,
  // error}), gone ({conversation, code, note, wasCurrent}: this agent may no longer see it), other_agent (another agent
  // has signed in).
  constructor(emit) {
    this.emit = emit;
    this.connection = new Connection('/agent/socket', this);
    this.sendQueue = new SendQueue(this);
  }

  start() {
    this.connection.connect();
  }

  hello() {
    return { protocol: PROTOCOL };
  }

  onStatus(status) {
    this.connectionStatus = status;
    this.emit('connection');
  }

  // Frames from the gateway.

  onFrame(frame) {
    this[`on_${frame.type}`]?.(frame);
  }

  on_welcome({ agent, csrf, team, queue, mine, type, request, ...config }) {
    const again = Boolean(this.agent);
    // Another agent has signed in in another tab: this page must show that agent nothing.
    if (again && this.agent.id !== agent.id) {
      this.connection.disconnect();
      this.emit('other_agent');
      return;
    }
    Object.assign(this, { agent, csrf, config, queue });
    this.team = team.agents;
    this.ownCases = mine.cases;
    this.sendQueue.open(agent.id);
    this.onStatus('online');
    this.emit('welcome', again);
    for (const conversation of this.conversations.values()) conversation.isOpen = false;
    if (this.currentId) this.open(this.currentId);
    this.sendQueue.flush();
  }

  on_queue({ cases, counts }) {
    this.queue = { cases, counts };
    this.emit('lists');
  }

  on_mine({ cases }) {
    this.ownCases = cases;
    const own = new Set(cases.map(({ conversation }) => conversation));
    for (const id of [...this.conversations.keys()]) if (!own.has(id) && id !== this.currentId) this.close(id);
    this.emit('lists');
    this.markRead();
  }

  on_team({ agents }) {
    this.team = agents;
    const me = agents.find(({ id }) => id === this.agent.id);
    if (me) this.agent = { ...this.agent, ...me };
    this.emit('lists');
  }

  on_opened(frame) {
    const id = frame.conversation;
    if (!this.conversations.has(id)) this.conversations.set(id, new Conversation(id));
    const conversation = this.conversations.get(id);
    conversation.opened(frame);
    this.sendQueue.removeStored(id);
    this.emit('conversation', conversation);
    this.markRead();
  }

  on_entry({ conversation: id, entry }) {
    const conversation = this.conversations.get(id);
    if (!conversation) return;
    if (conversation.log.add(entry) === 'gap') {
      this.open(id);
      return;
    }
    if (entry.author === 'visitor') conversation.typing = false;
    this.sendQueue.removeStored(id);
    this.emit('timeline', conversation);
    this.markRead();
  }

  on_note({ conversation: id, note }) {
    const conversation = this.conversations.get(id);
    if (!conversation) return;
    conversation.addNote(note);
    this.sendQueue.removeStored(id);
    this.emit('timeline', conversation);
  }

  on_state({ conversation: id, type, request, ...state }) {
    const conversation = this.conversations.get(id);
    if (!conversation) return;
    Object.assign(conversation, state);
    this.emit('conversation', conversation);
    this.markRead();
  }

  on_case({ conversation: id, case: row, sla }) {
    const conversation = this.conversations.get(id);
    if (!conversation) return;
    Object.assign(conversation, { case: row, sla });
    this.emit('conversation', conversation);
  }

  on_typing({ conversation: id, on }) {
    const conversation = this.conversations.get(id);
    if (!conversation) return;
    conversation.typing = on;
    this.emit('typing', conversation);
  }

  // The conversation is erased, or out of the agent's scope: nothing more of it comes, and the page removes it.
  on_gone({ conversation: id, code, notes }) {
    this.conversations.delete(id);
    const wasCurrent = id === this.currentId;
    if (wasCurrent) this.currentId = null;
    this.emit('gone', { conversation: id, code, note: notes[0], wasCurrent });
  }

  on_alert(frame) {
    this.emit('alert', frame);
  }

  // An error that answers no request.
  on_error(frame) {
    this.emit('rejected', { error: frame });
  }

  // The conversation on the screen.
  get current() {
    return this.conversations.get(this.currentId);
  }

  // True when the agent has the case, and may answer.
  isOwn(conversation) {
    return Boolean(conversation?.agent && conversation.agent.id === this.agent?.id && conversation.status === 'connected');
  }

  get isLead() {
    return ['lead', 'admin'].includes(this.agent?.role);
  }

  // The case of a conversation as the lists have it.
  caseRow(id) {
    return this.ownCases.find(({ conversation }) => conversation === id)
      || this.queue.cases.find(({ conversation }) => conversation === id);
  }

  // Opens a conversation on the screen. Closes the one before, unless the agent has its case.
  open(id) {
    const before = this.currentId;
    if (before && before !== id && !this.ownCases.some(({ conversation }) => conversation === before)) this.close(before);
    this.currentId = id;
    const opening = this.connection.request('open', { conversation: id, ...this.conversations.get(id)?.log.resumePoint });
    opening.catch((error) => {
      if (error.code === 'lost' || this.currentId !== id) return;
      const wait = error.frame.retry_after;
      if (wait) {
        setTimeout(() => this.currentId === id && this.open(id), 1000 * wait);
        return;
      }
      this.currentId = null;
      if (['not_allowed', 'unknown'].includes(error.code)) {
        this.emit('gone', { conversation: id, code: error.code, wasCurrent: true });
        return;
      }
      this.emit('conversation');
      this.emit('rejected', { error });
    });
    return opening;
  }

  close(id) {
    this.connection.send('shut', { conversation: id });
    this.conversations.delete(id);
  }

  loadOlder(conversation) {
    const before = conversation.log.first;
    if (!conversation.log.more || conversation.requestedBefore === before) return;
    conversation.requestedBefore = before;
    this.connection.request('history', { conversation: conversation.id, before }).then(({ entries, more }) => {
      conversation.log.prepend(entries, more);
      this.emit('timeline', conversation);
    }, () => { conversation.requestedBefore = 0; });
  }

  // The conversation on the screen is read while the page is visible.
  markRead() {
    const { current } = this;
    const last = current?.log.last;
    if (!last || document.hidden || !this.isOwn(current)) return;
    // The gateway ignores `read` until it knows that the agent has taken the case: then the row still counts entries as
    // unread, and `read` is sent again.
    if (current.readSent >= last && !this.caseRow(current.id)?.unread) return;
    current.readSent = last;
    this.connection.send('read', { conversation: current.id, seq: last });
  }

  // `on`: the agent types an answer. Not `on`: the text is gone. After TYPING_TIMEOUT the typing ends by itself.
  setTyping(conversation, on) {
    if (!conversation || !this.isOwn(conversation)) return;
    const { id } = conversation;
    const sent = this.typingSent.get(id);
    clearTimeout(sent?.timer);
    if (!on && !sent) return;
    const isRecent = on && sent && Date.now() - sent.at < TYPING_INTERVAL;
    const timer = on && setTimeout(() => this.setTyping(conversation, false), TYPING_TIMEOUT);
    if (on) this.typingSent.set(id, { at: isRecent ? sent.at : Date.now(), timer });
    else this.typingSent.delete(id);
    if (!isRecent) this.connection.send('typing', { conversation: id, on });
  }
}
