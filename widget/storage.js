// What survives a reload: the key and unsent frames (localStorage, all tabs), drafts and the open panel (this tab).

// A browser may forbid it, or be full: then things last as long as the page.
const attempt = (action) => {
  try { return action(); } catch { return undefined; }
};

export class BrowserStorage {
  constructor(name) {
    this.name = name;
  }

  read(tab) {
    return attempt(() => JSON.parse((tab ? sessionStorage : localStorage).getItem(this.name))) || {};
  }

  // Fields under the one name. `tab`: only for this tab.
  write(fields, tab) {
    const text = JSON.stringify({ ...this.read(tab), ...fields });
    attempt(() => (tab ? sessionStorage : localStorage).setItem(this.name, text));
  }

  // Unsent things have a name each, so that two tabs never overwrite each other's.
  outboxItems() {
    const found = attempt(() => Object.entries(localStorage)) || [];
    return found.filter(([name]) => name.startsWith(`${this.name}:out:`))
      .map(([, text]) => attempt(() => JSON.parse(text))).filter((item) => item?.frame)
      .sort((a, b) => a.order - b.order);
  }

  saveOutboxItem({ frame, conversation, order }) {
    const text = JSON.stringify({ frame, conversation, order });
    attempt(() => localStorage.setItem(`${this.name}:out:${frame.client_id}`, text));
  }

  removeOutboxItem(id) {
    attempt(() => localStorage.removeItem(`${this.name}:out:${id}`));
  }
}
