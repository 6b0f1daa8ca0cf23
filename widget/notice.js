// The one line under the header that says what is wrong, or asks: only what matters most, once.
import { button, h, signed } from './dom.js';
import { door } from './menu.js';
import { t } from './words.js';

const BLIP = 1200; // ms that a lost line stays unsaid

export class Notice {
  constructor(context) {
    Object.assign(this, context, { context });
    this.element = h('div', { class: 'notice', role: 'status', hidden: true });
  }

  // Says `text` until it is closed, or something graver comes. `actions` are elements.
  tell(text, ...actions) {
    this.told = text && { text, actions };
    this.refresh();
  }

  ask(text, yes, act) {
    this.tell(text, button(yes, () => { this.tell(); act(); }, { class: 'main' }), button(t('cancel'), () => this.tell()));
    this.element.querySelector('button').focus();
  }

  refresh() {
    const { link } = this.client;
    if (link === 'online') {
      clearTimeout(this.timer);
      this.timer = null;
      this.late = false;
    } else this.timer ??= setTimeout(() => { this.late = true; this.refresh(); }, BLIP);
    const { text, actions = [], kind = '' } = this.find() || {};
    const close = this.told && this.told.text === text && !actions.length && signed('close', t('dismiss'), () => this.tell());
    const key = text && text + actions.length;
    if (key === this.shown) return;
    this.shown = key;
    this.element.hidden = !text;
    this.element.className = `notice ${kind}`;
    this.element.replaceChildren(...(text ? [h('p', { text }), ...actions, ...(close ? [close] : [])] : []));
  }

  find() {
    const { client, told } = this;
    const { bot, doors, identity, status } = client.state;
    if (this.late) {
      return client.link === 'connecting' && !client.conversation ? { text: t('connecting') }
        : { text: t('offline'), actions: [button(t('again'), () => client.retry())], kind: 'warn' };
    }
    if (told) return told;
    if (bot === 'down' && ['bot', 'offered', 'ticketed'].includes(status)) {
      return { text: t('bot_down'), actions: doors.map((way) => door(way, this.context)), kind: 'warn' };
    }
    if (identity.status === 'rejected') return { text: t('rejected') };
    return undefined;
  }
}
