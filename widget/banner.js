// The banner under the header: one line that reports a problem or asks a question. It shows the most important one.
import { contactOption } from './contact_option.js';
import { button, h, iconButton } from './dom.js';
import { t } from './i18n.js';

const OFFLINE_DELAY = 1200; // ms until a lost connection is shown

export class Banner {
  constructor(context) {
    Object.assign(this, context, { context });
    this.element = h('div.banner.row', { role: 'status', hidden: true });
  }

  // Shows `text` until it is closed or something more important comes; no text: closes it.
  show(text, actions = text && [iconButton('close', t('close'), () => this.show())]) {
    this.message = text && [text, actions];
    this.refresh();
  }

  // Asks a question; `action` runs when the visitor confirms.
  confirm(question, yes, action) {
    const answer = (then) => () => {
      this.show();
      this.toDefaultFocus();
      then?.();
    };
    this.show(t(question), [button(t(yes), answer(action), { class: 'primary' }), button(t('cancel'), answer())]);
    this.element.querySelector('button').focus();
  }

  refresh() {
    if (this.client.isOnline) this.timer = this.isOffline = clearTimeout(this.timer);
    else this.timer ??= setTimeout(() => { this.isOffline = true; this.refresh(); }, OFFLINE_DELAY);
    const [text, actions = []] = this.current();
    const key = text && text + actions.length;
    if (key === this.drawn) return;
    this.drawn = key;
    this.element.hidden = !text;
    this.element.replaceChildren(h('p', null, text), ...actions);
  }

  // [text, actions] of the most important message; [] when there is none.
  current() {
    const { client } = this;
    const { bot, contact_options, identity, status } = client.state;
    if (this.isOffline) return [t('offline'), [button(t('again'), () => client.retry())]];
    if (this.message) return this.message;
    if (bot === 'down' && ['bot', 'offered', 'ticketed'].includes(status)) {
      return [t('bot_down'), contact_options.map((option) => contactOption(option, this.context))];
    }
    return identity.status === 'rejected' ? [t('rejected')] : [];
  }
}
