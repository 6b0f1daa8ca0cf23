// The thread: entries, days, what is not sent yet, quick replies, the typing sign; and where it is scrolled to.
import { button, h, screenReaderOnly, link } from './dom.js';
import { entryElement, unsentElement, speakerName } from './entries.js';
import { formatDay, t } from './i18n.js';

// ms; a sign that nobody takes back goes by itself. A person's is given anew while they type.
const TYPING = { agent: 10000, bot: 40000 };

export class Thread {
  constructor(context) {
    Object.assign(this, context, { context, stick: true });
    this.list = h('div', { role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', 'aria-label': t('log') });
    this.unsent = h('div');
    this.quick = h('div.quick.row', { role: 'group', 'aria-label': t('quick') });
    this.typing = h('div.typing.row', { hidden: true }, h('i'), h('i'), h('i'), screenReaderOnly());
    // What the operator says before the first message; it stands below, where one writes.
    this.about = h('p.source.about', { id: 'about', hidden: true });
    this.earlier = button(t('earlier'), () => this.older(), { class: 'quiet earlier' });
    const inner = h('div.inner', null, this.earlier, this.list, this.unsent, this.quick, this.typing);
    this.box = h('div', {
      class: 'thread', tabindex: 0, role: 'region', 'aria-label': t('log'), onscroll: () => {
        // Only who scrolls up leaves the end; what grows below does not.
        const { scrollTop } = this.box;
        this.stick = this.end - scrollTop < 40 || (this.stick && scrollTop >= this.top);
        this.top = scrollTop;
        if (this.stick) this.chip.hidden = true;
        if (scrollTop < 20) this.older();
      },
    }, inner);
    this.chip = button(t('newer'), () => this.bottom(), { class: 'chip', hidden: true });
    this.element = h('div.middle', null, this.box, this.chip);
    // Pictures and opened forms grow later.
    const grown = new ResizeObserver(() => this.stick && this.bottom());
    grown.observe(inner);
    grown.observe(this.box);
  }

  get end() {
    return this.box.scrollHeight - this.box.clientHeight;
  }

  bottom() {
    this.stick = true;
    this.chip.hidden = true;
    this.box.scrollTop = this.end;
  }

  older() {
    const { first, more } = this.client.log;
    if (more && this.asked !== first && this.client.whisper('history', { before: first })) this.asked = first;
  }

  place(entry, before) {
    const date = formatDay(new Date(entry.at));
    const turn = !before || formatDay(new Date(before.at)) !== date;
    return [turn && h('p.day', null, date), entryElement(entry, before, this.context)].filter(Boolean);
  }

  // Everything anew, unannounced: after a reload, another conversation, older entries, another language.
  all() {
    const { entries, more } = this.client.log;
    const { stick } = this;
    const below = this.end - this.box.scrollTop;
    this.list.ariaLive = 'off';
    this.list.replaceChildren(...entries.flatMap((entry, i) => this.place(entry, entries[i - 1])));
    this.earlier.hidden = !more;
    this.asked = this.drawn = 0;
    this.rest();
    if (stick) this.bottom();
    else this.box.scrollTop = this.end - below;
    setTimeout(() => { this.list.ariaLive = 'polite'; }, 200);
  }

  add(fresh) {
    const { entries } = this.client.log;
    const follow = this.stick || fresh.some(({ author }) => author === 'visitor');
    const made = fresh.flatMap((entry) => this.place(entry, entries[entries.indexOf(entry) - 1]));
    this.list.append(...made);
    this.type({});
    this.rest();
    if (!follow) this.chip.hidden = false;
    else if (made[0]?.offsetTop - 8 < this.end) {
      // What is taller than the window is read from its beginning.
      this.stick = false;
      this.box.scrollTop = made[0].offsetTop - 8;
    } else this.bottom();
  }

  // What hangs on the state: unsent things, quick replies, live cards.
  rest() {
    const { client } = this;
    const { entries } = client.log;
    const unsent = client.outbox.items.filter(({ frame }) => frame.text);
    for (const made of this.list.children) made.refresh?.();
    // Drawn only when it is different: somebody may be about to press one of these.
    const drawn = JSON.stringify([unsent, client.link, client.state, entries.length, client.log.more]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const { text, url } = client.state.notice || {};
    this.about.replaceChildren(text || '', ...(url ? [' ', link(t('privacy'), url)] : []));
    const begun = client.log.more || unsent.length || entries.some(({ author }) => author === 'visitor');
    this.about.hidden = !text || Boolean(begun);
    this.unsent.replaceChildren(...unsent.map((item) => unsentElement(item, this.context)));
    const { buttons, lang } = entries.at(-1) || {};
    const live = !unsent.length && client.state.status !== 'closed' && buttons || [];
    this.quick.replaceChildren(...live.map(({ title, payload }) => button(
      title, (event) => this.say(title, payload, event), { lang },
    )));
  }

  pending() {
    this.rest();
    this.bottom();
  }

  type({ author, on, name = this.client.state.agent }) {
    clearTimeout(this.silence);
    if (on) this.silence = setTimeout(() => this.type({}), TYPING[author]);
    this.typing.hidden = !on;
    const who = on && speakerName({ author, name });
    this.typing.lastChild.textContent = on ? t('typing', { who }) : '';
    if (this.stick) this.bottom();
  }
}
