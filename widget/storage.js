// What outlives a reload. localStorage (all tabs): the key, the language, unsent messages. sessionStorage (this tab):
// drafts and the open panel. Stored as JSON under one name.

// The result of `action`; undefined when the browser forbids storage or has no room. Then data last as long as the page.
export const tryStorage = (action) => {
  try { return action(); } catch { return undefined; }
};

export class BrowserStorage {
  constructor(name) {
    this.name = name;
  }

  // All fields, of this tab if `tab`, else of all tabs.
  read(tab) {
    return tryStorage(() => JSON.parse((tab ? sessionStorage : localStorage).getItem(this.name))) || {};
  }

  // Replaces some fields.
  write(fields, tab) {
    const text = JSON.stringify({ ...this.read(tab), ...fields });
    tryStorage(() => (tab ? sessionStorage : localStorage).setItem(this.name, text));
  }

  // Unsent messages {frame, conversation, order}, the oldest first. Each has a name of its own, so that two tabs never
  // overwrite each other's.
  outboxItems() {
    const stored = tryStorage(() => Object.entries(localStorage)) || [];
    return stored.filter(([name]) => name.startsWith(`${this.name}:out:`))
      .map(([, text]) => tryStorage(() => JSON.parse(text))).filter((item) => item?.frame)
      .sort((a, b) => a.order - b.order);
  }

  saveOutboxItem({ frame, conversation, order }) {
    const text = JSON.stringify({ frame, conversation, order });
    tryStorage(() => localStorage.setItem(`${this.name}:out:${frame.client_id}`, text));
  }

  removeOutboxItem(id) {
    tryStorage(() => localStorage.removeItem(`${this.name}:out:${id}`));
  }
}
