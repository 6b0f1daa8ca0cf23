// What the visitor sent and the gateway has not acknowledged: kept through reloads, sent one at a time, in order.

export class Outbox {
  constructor(keep) {
    this.keep = keep;
    this.mine = new Set(); // made since this page was loaded, by who is signed in now
    this.items = keep.unsent();
  }

  // `conversation` is null before the first welcome: then it belongs to whichever comes.
  add(frame, conversation) {
    const order = Math.max(Date.now(), (this.items.at(-1)?.order || 0) + 1);
    const item = { frame, conversation, order };
    this.items.push(item);
    this.mine.add(frame.client_id);
    this.keep.saveUnsent(item);
    return item;
  }

  get(id) {
    return this.items.find((item) => item.frame.client_id === id);
  }

  // Takes it out, and gives it back if it was there.
  remove(id) {
    const item = this.get(id);
    this.keep.dropUnsent(id);
    this.items = this.items.filter((other) => other !== item);
    return item;
  }

  // The first that is still to send: what waits (`wait`) holds up what comes after it, so that the order stays.
  next() {
    const first = this.items[0];
    return first?.wait ? undefined : first;
  }

  // The visitor goes on in another conversation, and takes along what they wrote on this page.
  carry() {
    for (const item of this.items) if (this.mine.has(item.frame.client_id)) item.conversation = null;
  }

  // A conversation was opened. What was written for another one must not appear in it: somebody else may be signed in.
  settle(conversation) {
    for (const item of this.items) {
      if (item.conversation && item.conversation !== conversation) this.remove(item.frame.client_id);
      else if (!item.conversation) this.keep.saveUnsent(Object.assign(item, { conversation }));
    }
  }
}
