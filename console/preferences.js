// The agent's choices in this browser, and the conversation that each agent had open last.
import { BrowserStorage } from '/widget/storage.js';

export const LANGUAGES = ['id', 'en'];

export class Preferences {
  storage = new BrowserStorage('kilat-console');

  // `lang`, `sound`, `notifications`, `singleKeys`.
  get(name) {
    const defaults = { lang: navigator.language.startsWith('en') ? 'en' : 'id', sound: true, singleKeys: true };
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
