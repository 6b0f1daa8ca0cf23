// What this browser's agent has chosen, and what they had open.
import { BrowserStorage } from '/widget/storage.js';

export const LANGS = ['id', 'en'];

export class Prefs {
  keep = new BrowserStorage('kilat-console');

  get all() {
    return { lang: navigator.language.startsWith('en') ? 'en' : 'id', sound: true, keys: true, ...this.keep.read() };
  }

  get(name) {
    return this.all[name];
  }

  set(name, value) {
    this.keep.write({ [name]: value });
  }

  // The conversation that an agent had open last, in any tab of theirs.
  opened(agent) {
    return this.get(`open:${agent}`);
  }

  open(agent, conversation) {
    this.set(`open:${agent}`, conversation);
  }
}
