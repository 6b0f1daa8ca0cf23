// The story of the conversation that is shown: days, what was said and noted, what is on its way, the typing sign.
import { button, h } from '/widget/dom.js';
import { formatDay, t } from '/widget/i18n.js';
import { pendingItem, storyItem } from './entries.js';
import { customerName } from './labels.js';
import { sync } from './keyed_list.js';

const QUIET = 200; // ms in which a story that is shown anew is not read out

export class Thread {
  stick = true;

  constructor({ desk }) {
    this.desk = desk;
    this.list = h('div.story', {
      role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', 'aria-label': t('log'),
    });
    this.unsent = h('div.story');
    this.typing = h('p.typing', { hidden: true });
    this.read = h('p.foot', { hidden: true }, t('read'));
    this.earlier = button(t('earlier'), () => this.older(), { class: 'quiet earlier' });
    const inner = h('div.inner', null, this.earlier, this.list, this.read, this.unsent, this.typing);
    this.box = h('div.thread', {
      tabindex: 0, role: 'region', 'aria-label': t('log'), onscroll: () => {
        const { scrollTop } = this.box;
        this.stick = this.end - scrollTop < 40 || (this.stick && scrollTop >= this.top);
        this.top = scrollTop;
        if (this.stick) this.chip.hidden = true;
        if (scrollTop < 20) this.older();
      },
    }, inner);
    this.chip = button(t('newer'), () => this.bottom(), { class: 'chip', hidden: true });
    this.element = h('div.middle', null, this.box, this.chip);
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
    this.box.scrollTop = this.top = this.end;
  }

  older() {
    if (this.chat) this.desk.older(this.chat);
  }

  // Another conversation, from its end; or the same one, with what is new.
  show(chat) {
    const other = chat !== this.chat;
    this.chat = chat;
    if (other) {
      this.list.ariaLive = 'off';
      this.list.replaceChildren();
      setTimeout(() => { this.list.ariaLive = 'polite'; }, QUIET);
    }
    const { box, stick } = this;
    const below = this.end - box.scrollTop;
    const last = chat.log.last + chat.notes.length;
    const first = chat.log.first;
    this.draw(chat);
    if (other || stick) this.bottom();
    else if (first !== this.first) box.scrollTop = this.end - below;
    else if (last !== this.last) this.chip.hidden = false;
    Object.assign(this, { first, last });
    this.earlier.hidden = !chat.log.more;
    this.refresh();
  }

  draw(chat) {
    const { story } = chat;
    const context = { team: this.desk.team, visitor: customerName(chat.customer) };
    const items = story.flatMap((item, i) => {
      const date = formatDay(new Date(item.at));
      const before = story[i - 1];
      const turn = !before || formatDay(new Date(before.at)) !== date;
      const head = { key: `d${date}`, look: date, make: () => h('p.day', null, h('span', null, date)) };
      return [...(turn ? [head] : []), storyItem(item, turn ? null : before, chat, context)];
    });
    sync(this.list, items);
  }

  // What hangs on the line and on the visitor.
  refresh() {
    const { chat, desk } = this;
    if (!chat) return;
    const online = desk.link === 'online';
    sync(this.unsent, desk.sending.pending(chat.id).map(
      (item) => pendingItem(item, online, () => desk.line.now()),
    ));
    const last = chat.log.entries.at(-1);
    this.read.hidden = !(last?.author === 'agent' && chat.read >= last.seq);
    this.typing.hidden = !chat.typing;
    this.typing.textContent = chat.typing ? t('typing', { who: customerName(chat.customer) }) : '';
    if (this.stick) this.bottom();
  }
}
