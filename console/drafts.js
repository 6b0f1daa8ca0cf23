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

  modes = new Map(); // conversation -> what was written there last, an answer or a note: also where nothing is begun

  // `changed(conversation)` hears what another tab of the agent's does with it.
  constructor(agent, changed) {
    this.root = `${ROOT}${agent}:`;
    window.addEventListener('storage', ({ key }) => {
      if (!key?.startsWith(this.root)) return;
      const conversation = key.slice(this.root.length);
      this.page.delete(conversation);
      changed(conversation);
    });
    for (const key of stored()) {
      const draft = attempt(() => JSON.parse(localStorage.getItem(key)));
      if (!(Date.now() - draft?.at < LIFE)) attempt(() => localStorage.removeItem(key));
    }
  }

  // {say, note, mode, name}; `name` is the customer's, for the list.
  of(conversation) {
    const kept = attempt(() => JSON.parse(localStorage.getItem(this.root + conversation)));
    const draft = { say: '', note: '', ...(kept || this.page.get(conversation)) };
    return { ...draft, mode: this.modes.get(conversation) || draft.mode };
  }

  set(conversation, draft) {
    if (draft.mode) this.modes.set(conversation, draft.mode);
    if (!draft.say && !draft.note) {
      this.remove(conversation);
      return;
    }
    this.page.set(conversation, draft);
    const key = this.root + conversation;
    const done = attempt(() => localStorage.setItem(key, JSON.stringify({ ...draft, at: Date.now() })) === undefined);
    // An older one is not taken for it.
    if (!done) attempt(() => localStorage.removeItem(key));
  }

  drop(conversation) {
    this.modes.delete(conversation);
    this.remove(conversation);
  }

  remove(conversation) {
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
