// An agent's drafts, by conversation. The browser stores them until they are sent, discarded, or the agent signs out; a
// week at most. Other agents who sign in never see them.
import { tryStorage } from '/widget/storage.js';

const LIFETIME = 7 * 86400000; // ms
const PREFIX = 'kilat-console:draft:';

const storedKeys = () => (tryStorage(() => Object.keys(localStorage)) || []).filter((key) => key.startsWith(PREFIX));

export class Drafts {
  memory = new Map(); // conversation id -> draft, for browsers that store nothing

  modes = new Map(); // conversation id -> 'say' or 'note', as used last, also without a draft

  // `onChange(conversationId)` hears what another tab of this agent does.
  constructor(agentId, onChange) {
    this.prefix = `${PREFIX}${agentId}:`;
    window.addEventListener('storage', ({ key }) => {
      if (!key?.startsWith(this.prefix)) return;
      const id = key.slice(this.prefix.length);
      this.memory.delete(id);
      onChange(id);
    });
    for (const key of storedKeys()) {
      const draft = tryStorage(() => JSON.parse(localStorage.getItem(key)));
      if (!(Date.now() - draft?.at < LIFETIME)) tryStorage(() => localStorage.removeItem(key));
    }
  }

  // {say, note, mode, name}: the two texts, the mode, and the customer's name for the list.
  get(id) {
    const stored = tryStorage(() => JSON.parse(localStorage.getItem(this.prefix + id)));
    const draft = { say: '', note: '', ...(stored || this.memory.get(id)) };
    return { ...draft, mode: this.modes.get(id) || draft.mode };
  }

  set(id, draft) {
    if (draft.mode) this.modes.set(id, draft.mode);
    if (!draft.say && !draft.note) {
      this.removeTexts(id);
      return;
    }
    this.memory.set(id, draft);
    const key = this.prefix + id;
    const text = JSON.stringify({ ...draft, at: Date.now() });
    const isStored = tryStorage(() => localStorage.setItem(key, text) === undefined);
    // Storage is full: an older draft must not pass for this one.
    if (!isStored) tryStorage(() => localStorage.removeItem(key));
  }

  remove(id) {
    this.modes.delete(id);
    this.removeTexts(id);
  }

  removeTexts(id) {
    this.memory.delete(id);
    tryStorage(() => localStorage.removeItem(this.prefix + id));
  }

  // The ids of the conversations that have a draft.
  get ids() {
    const stored = storedKeys().filter((key) => key.startsWith(this.prefix)).map((key) => key.slice(this.prefix.length));
    return [...new Set([...stored, ...this.memory.keys()])];
  }

  clear() {
    for (const id of this.ids) this.remove(id);
  }
}
