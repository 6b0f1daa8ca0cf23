// What this browser's agent has chosen, and what they had begun to write.
import { Keep } from '/widget/keep.js';

export const LANGS = ['id', 'en'];

export class Prefs {
  keep = new Keep('kilat-console');

  get all() {
    return { lang: navigator.language.startsWith('en') ? 'en' : 'id', sound: true, keys: true, ...this.keep.all() };
  }

  get(name) {
    return this.all[name];
  }

  set(name, value) {
    this.keep.set({ [name]: value });
  }

  // Drafts are for this tab: they survive a reload, and nobody who signs in later finds them.
  draft(agent, conversation) {
    return this.keep.all(true)[`${agent}:${conversation}`] || { say: '', note: '' };
  }

  setDraft(agent, conversation, draft) {
    this.keep.set({ [`${agent}:${conversation}`]: draft.say || draft.note ? draft : undefined }, true);
  }
}
