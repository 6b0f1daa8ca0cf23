// What the agent has sent and the gateway has not stored: kept through reloads, sent one at a time, in order, once.
import { Outbox } from '/widget/outbox.js';
import { newFrame } from '/widget/protocol.js';
import { BrowserStorage } from '/widget/storage.js';
import { uploadFile } from '/widget/upload.js';

const RETRY_INTERVAL = 2000; // ms
// Errors after which another try may succeed.
const TEMPORARY = new Set(['lost', 'unavailable', 'rate_limited']);

export class SendQueue {
  constructor(client) {
    this.client = client;
  }

  // Opens the agent's own outbox: another agent may have used this browser before.
  open(agentId) {
    this.outbox ||= new Outbox(new BrowserStorage(`kilat-console:${agentId}`));
  }

  // `type` is `say` or `note`. A file is sent with its name as the text, and does not survive a reload.
  send(type, conversationId, text, file) {
    this.outbox.add(newFrame(type, { conversation: conversationId, text }), conversationId, file);
    this.flush();
    this.client.emit('outbox', conversationId);
  }

  // The items of a conversation.
  items(conversationId) {
    return (this.outbox?.items || []).filter(({ conversation }) => conversation === conversationId);
  }

  get next() {
    return this.outbox?.items.find(({ isSent }) => !isSent);
  }

  // A promise that all items of a conversation are stored. Rejected when one is refused, or can't be sent now.
  allStored(conversationId) {
    const unsent = this.items(conversationId).filter(({ isSent }) => !isSent)
      .map((item) => new Promise((resolve, reject) => { item.waiter = { resolve, reject }; }));
    if (unsent.length) this.flush();
    return Promise.all(unsent);
  }

  async flush() {
    const { client } = this;
    if (this.isFlushing) return;
    this.isFlushing = true;
    let reason = client.connection.error('lost');
    for (let item = this.next; item && client.connectionStatus === 'online'; item = this.next) {
      const { type, ...fields } = item.frame;
      try {
        const { seq } = await (item.file ? this.upload(item) : client.connection.request(type, fields));
        Object.assign(item, { seq, isSent: true }); // removed when its entry comes
        item.waiter?.resolve();
        this.removeStored(item.conversation);
      } catch (error) {
        reason = error;
        if (TEMPORARY.has(error.code)) break;
        item.waiter?.reject(error);
        if (!this.outbox.items.includes(item)) continue; // removed meanwhile
        this.remove(item);
        client.emit('rejected', { item, error });
      }
    }
    this.isFlushing = false;
    for (const item of this.outbox.items) if (!item.isSent) item.waiter?.reject(reason);
    if (client.connectionStatus === 'online' && this.next) setTimeout(() => this.flush(), RETRY_INTERVAL);
  }

  // Returns the `done` frame; throws an Error with a `code`.
  async upload(item) {
    const { conversation, client_id } = item.frame;
    const url = `/agent/files?${new URLSearchParams({ conversation, client_id })}`;
    const { status, body } = await uploadFile(url, { 'X-CSRF-Token': this.client.csrf }, item);
    const frame = body?.frames?.[0] || body;
    if (status >= 200 && status < 300) return frame;
    throw this.client.connection.error(frame?.code || (status ? 'refused' : 'lost'));
  }

  remove(item) {
    this.outbox.remove(item.frame.client_id);
    this.client.emit('outbox', item.conversation);
  }

  // Removes what the log or the notes have, and what is stored in a conversation that is not open.
  removeStored(conversationId) {
    const conversation = this.client.conversations.get(conversationId);
    const stored = this.items(conversationId).filter(({ frame, isSent, seq }) => conversation?.isStored(frame.client_id)
      || (isSent && (!conversation?.isOpen || seq <= conversation.log.last)));
    for (const item of stored) this.remove(item);
  }
}
