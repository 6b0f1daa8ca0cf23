// What the visitor sent and the gateway has not acknowledged: kept through reloads, sent one at a time, in order.

export class Outbox {
  constructor(keep) {
    this.keep = keep;
    this.mine = new Set(); // made since this page was loaded, by who is signed in now
    this.items = keep.unsent();
  }

  // `conversation` is null before the first welcome: then it belongs to whichever comes. A file can't be kept.
  add(frame, conversation, file) {
    const item = { frame, conversation, order: Math.max(Date.now(), (this.items.at(-1)?.order || 0) + 1), file };
    this.items.push(item);
    this.mine.add(item);
    if (!file) this.keep.save(item);
    return item;
  }

  get(id) {
    return this.items.find((item) => item.frame.client_id === id);
  }

  has(type) {
    return this.items.find((item) => item.frame.type === type);
  }

  remove(id) {
    this.keep.drop(id);
    this.items = this.items.filter((item) => item.frame.client_id !== id);
  }

  // The visitor goes on in another conversation, and takes along what they wrote on this page.
  carry() {
    for (const item of this.items) if (this.mine.has(item)) item.conversation = null;
  }

  // A conversation was opened. What was written for another one must not appear in it: somebody else may be signed in.
  settle(conversation) {
    for (const item of this.items) {
      if (!item.conversation) {
        item.conversation = conversation;
        if (!item.file) this.keep.save(item);
      } else if (item.conversation !== conversation) this.remove(item.frame.client_id);
    }
  }
}
