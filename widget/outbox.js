// What was sent and is not acknowledged: stored through reloads, sent one at a time and in order.
// An item is {frame, conversation, order, file?}. A file is not stored.

export class Outbox {
  constructor(storage) {
    this.storage = storage;
    this.ownItems = new Set(); // created on this page by the user who is signed in now
    this.items = storage.outboxItems();
  }

  // `conversation` is null before the first welcome; then the item belongs to the conversation that comes.
  add(frame, conversation, file) {
    const item = { frame, conversation, order: Math.max(Date.now(), (this.items.at(-1)?.order || 0) + 1), file };
    this.items.push(item);
    this.ownItems.add(item);
    if (!file) this.storage.saveOutboxItem(item);
    return item;
  }

  get(id) {
    return this.items.find((item) => item.frame.client_id === id);
  }

  // The first item with this type of frame.
  find(type) {
    return this.items.find((item) => item.frame.type === type);
  }

  remove(id) {
    this.storage.removeOutboxItem(id);
    this.items = this.items.filter((item) => item.frame.client_id !== id);
  }

  // The visitor starts another conversation: items of this page move there.
  moveOwnItems() {
    for (const item of this.items) if (this.ownItems.has(item)) item.conversation = null;
  }

  // A conversation was opened. Items of other conversations are removed: somebody else may be signed in now.
  assign(conversation) {
    for (const item of this.items) {
      if (!item.conversation) {
        item.conversation = conversation;
        if (!item.file) this.storage.saveOutboxItem(item);
      } else if (item.conversation !== conversation) this.remove(item.frame.client_id);
    }
  }
}
