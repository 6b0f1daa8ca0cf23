// The one line under the header that says what is wrong, or asks: only what matters most.
import { button, h, iconButton } from './dom.js';
import { contactOption } from './menu.js';
import { t } from './i18n.js';

const OFFLINE_DELAY = 1200; // ms that a lost line stays unsaid

export class Banner {
  constructor(context) {
    Object.assign(this, context, { context });
    this.element = h('div.notice.row', { role: 'status', hidden: true });
  }

  // Says `text` until it is closed, or something graver comes.
  tell(text, actions = text && [iconButton('close', t('close'), () => this.tell())]) {
    this.told = text && [text, actions];
    this.refresh();
  }

  confirm(question, yes, act) {
    const answer = (then) => () => {
      this.tell();
      this.settle();
      then?.();
    };
    this.tell(t(question), [button(t(yes), answer(act), { class: 'main' }), button(t('cancel'), answer())]);
    this.element.querySelector('button').focus();
  }

  refresh() {
    if (this.client.link === 'online') this.timer = this.late = clearTimeout(this.timer);
    else this.timer ??= setTimeout(() => { this.late = true; this.refresh(); }, OFFLINE_DELAY);
    const [text, actions = []] = this.find();
    const key = text && text + actions.length;
    if (key === this.shown) return;
    this.shown = key;
    this.element.hidden = !text;
    this.element.replaceChildren(h('p', null, text), ...actions);
  }

  find() {
    const { client } = this;
    const { bot, doors, identity, status } = client.state;
    if (this.late) return [t('offline'), [button(t('again'), () => client.retry())]];
    if (this.told) return this.told;
    if (bot === 'down' && ['bot', 'offered', 'ticketed'].includes(status)) {
      return [t('bot_down'), doors.map((way) => contactOption(way, this.context))];
    }
    return identity.status === 'rejected' ? [t('rejected')] : [];
  }
}
