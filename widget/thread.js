// The thread: entries, days, what is not sent yet, quick replies, the typing sign; and where it is scrolled to.
import { button, h, hidden, icon } from './dom.js';
import { show, showUnsent, speaker } from './entries.js';
import { day, t } from './words.js';

const TYPING = 40000; // ms; a sign that nobody takes back goes by itself

export class Thread {
  constructor(context) {
    Object.assign(this, context, { context, stick: true });
    this.list = h('div', { role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', 'aria-label': t('log') });
    this.unsent = h('div', { class: 'unsent' });
    this.quick = h('div', { class: 'quick', role: 'group', 'aria-label': t('quick') });
    this.typing = h('div', { class: 'typing', hidden: true }, h('i'), h('i'), h('i'), hidden());
    this.earlier = button(t('earlier'), () => this.client.older(), { class: 'quiet earlier' });
    this.inner = h('div', { class: 'inner' }, this.earlier, this.list, this.unsent, this.quick, this.typing);
    this.box = h('div', { class: 'thread', tabindex: 0, role: 'region', 'aria-label': t('log') }, this.inner);
    this.chip = button(t('newer'), () => this.bottom(), { sign: 'down', class: 'chip', hidden: true });
    this.element = h('div', { class: 'middle' }, this.box, this.chip);
    this.box.addEventListener('scroll', () => {
      this.stick = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 40;
      if (this.stick) this.chip.hidden = true;
      if (this.box.scrollTop < 40 && this.moved) this.older();
      this.moved = true;
    }, { passive: true });
    // Pictures and opened forms grow later.
    new ResizeObserver(() => this.stick && this.bottom()).observe(this.inner);
  }

  older() {
    const { first, more } = this.client.log;
    if (!more || this.asked === first) return;
    this.asked = first;
    this.client.older();
  }

  bottom() {
    this.stick = true;
    this.chip.hidden = true;
    this.box.scrollTop = this.box.scrollHeight;
  }

  place(entry, before) {
    const made = show(entry, before, this.context);
    const date = day(new Date(entry.at));
    const turn = !before || day(new Date(before.at)) !== date;
    return turn ? [h('div', { class: 'day' }, h('span', { text: date })), made] : [made];
  }

  // Everything anew, unannounced: after a reload, another conversation, older entries, another language.
  all() {
    const { entries, more } = this.client.log;
    const fromEnd = this.box.scrollHeight - this.box.scrollTop;
    this.list.setAttribute('aria-live', 'off');
    this.list.replaceChildren(...entries.flatMap((entry, i) => this.place(entry, entries[i - 1])));
    this.earlier.hidden = !more;
    this.moved = false;
    this.rest();
    if (this.stick) this.bottom();
    else this.box.scrollTop = this.box.scrollHeight - fromEnd;
    setTimeout(() => this.list.setAttribute('aria-live', 'polite'), 200);
  }

  add(fresh) {
    const { entries } = this.client.log;
    const follow = this.stick || fresh.some(({ author }) => author === 'visitor');
    let top;
    for (const entry of fresh) {
      const made = this.place(entry, entries[entries.indexOf(entry) - 1]);
      this.list.append(...made);
      top ??= made[0];
      if (entry.author !== 'visitor') this.type({ on: false });
    }
    this.rest();
    if (!follow) {
      this.chip.hidden = false;
      return;
    }
    // What is taller than the window is read from its beginning.
    const start = top ? top.offsetTop - 8 : Infinity;
    const end = this.box.scrollHeight - this.box.clientHeight;
    if (start < end) {
      this.stick = false;
      this.box.scrollTop = start;
    } else this.bottom();
  }

  // What hangs on the state: unsent things, quick replies, live cards. Focus never falls out of the panel.
  rest() {
    const { client, uploads } = this;
    const held = this.root.activeElement;
    const said = client.outbox.items.filter(({ frame }) => frame.type === 'say');
    this.unsent.replaceChildren(...said.map((item) => showUnsent(item, this.context)),
      ...uploads.items.map((item) => uploads.show(item)));
    const last = client.log.entries.at(-1);
    const live = !said.length && client.state.status !== 'closed' && last?.buttons || [];
    this.quick.replaceChildren(...live.map(({ title, payload }) => button(title, (event) => this.say(title, payload, event), { lang: last.lang })));
    for (const made of this.list.children) made.refresh?.();
    if (held && held !== this.root.activeElement) this.settle();
    else if (held && !held.checkVisibility()) this.settle();
  }

  pending() {
    this.rest();
    this.bottom();
  }

  type({ author, on }) {
    clearTimeout(this.silence);
    if (on) this.silence = setTimeout(() => this.type({ on: false }), TYPING);
    this.typing.hidden = !on;
    this.typing.lastChild.textContent = on ? t('typing', { who: speaker({ author, name: this.client.state.agent }) }) : '';
    if (on && this.stick) this.bottom();
  }
}
