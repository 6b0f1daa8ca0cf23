// The agent's choices in this browser, and the conversation that each agent had open last.
import { BrowserStorage } from '/widget/storage.js';

// Those of the console's texts, as the page lists them (bot/web/console/spa.py).
export const LANGUAGES = document.documentElement.dataset.languages.split(' ');

export class Preferences {
  storage = new BrowserStorage('kilat-console');

  // `lang`, `sound`, `notifications`, `singleKeys`.
  get(name) {
    const lang = LANGUAGES.find((code) => navigator.language.startsWith(code)) ?? LANGUAGES[0];
    const defaults = { lang, sound: true, singleKeys: true };
    return { ...defaults, ...this.storage.read() }[name];
  }

  set(name, value) {
    this.storage.write({ [name]: value });
  }

  // The id of the conversation that an agent opened last, in any tab.
  lastOpened(agentId) {
    return this.get(`open:${agentId}`);
  }

  setLastOpened(agentId, conversationId) {
    this.set(`open:${agentId}`, conversationId);
  }
}
