// What an agent has begun to write, by conversation: kept in this browser until it is sent, thrown away, or its agent
// signs out. Nobody else who signs in is shown it; after a week it is gone.

const LIFE = 7 * 86400000; // ms
const ROOT = 'kilat-console:draft:';

// A browser may forbid to store: then drafts last as long as the page.
const attempt = (action) => {
  try { return action(); } catch { return undefined; }
};

const stored = () => (attempt(() => Object.keys(localStorage)) || []).filter((key) => key.startsWith(ROOT));

export class Drafts {
  page = new Map();

  constructor(agent) {
    this.root = `${ROOT}${agent}:`;
    for (const key of stored()) {
      const draft = attempt(() => JSON.parse(localStorage.getItem(key)));
      if (!(Date.now() - draft?.at < LIFE)) attempt(() => localStorage.removeItem(key));
    }
  }

  // {say, note, mode, name}; `name` is the customer's, for the list.
  of(conversation) {
    const kept = attempt(() => JSON.parse(localStorage.getItem(this.root + conversation)));
    return { say: '', note: '', ...(kept || this.page.get(conversation)) };
  }

  set(conversation, draft) {
    if (!draft.say && !draft.note) {
      this.drop(conversation);
      return;
    }
    this.page.set(conversation, draft);
    attempt(() => localStorage.setItem(this.root + conversation, JSON.stringify({ ...draft, at: Date.now() })));
  }

  drop(conversation) {
    this.page.delete(conversation);
    attempt(() => localStorage.removeItem(this.root + conversation));
  }

  // The conversations of which there is one.
  get all() {
    const mine = stored().filter((key) => key.startsWith(this.root)).map((key) => key.slice(this.root.length));
    return [...new Set([...mine, ...this.page.keys()])];
  }

  clear() {
    for (const conversation of this.all) this.drop(conversation);
  }
}
