// The thread of the conversation that is shown: entries and notes with a heading for each day, unsent messages, the read
// mark and the typing indicator.
import { button, h } from '/widget/dom.js';
import { formatDay, t } from '/widget/i18n.js';
import { Scroller } from '/widget/scroller.js';
import { timelineItem, unsentItem } from './entries.js';
import { updateList } from './keyed_list.js';
import { customerName } from './labels.js';

const QUIET = 200; // ms in which a conversation that has just been opened is not read out

export class Thread {
  constructor({ client }) {
    this.client = client;
    this.list = h('div.timeline', {
      role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', 'aria-label': t('log'),
    });
    this.unsent = h('div.timeline');
    this.typing = h('p.typing', { hidden: true });
    this.readMark = h('p.footnote', { hidden: true }, t('read'));
    this.earlier = button(t('earlier'), () => this.loadOlder(), { class: 'quiet earlier' });
    this.scroller = new Scroller([this.earlier, this.list, this.readMark, this.unsent, this.typing],
      () => this.loadOlder());
  }

  loadOlder() {
    if (this.conversation) this.client.loadOlder(this.conversation);
  }

  // Shows another conversation from its end, or what is new in the same one.
  show(conversation) {
    const { scroller } = this;
    const isOther = conversation !== this.conversation;
    this.conversation = conversation;
    if (isOther) {
      this.list.ariaLive = 'off';
      this.list.replaceChildren();
      setTimeout(() => { this.list.ariaLive = 'polite'; }, QUIET);
    }
    const { following } = scroller;
    const below = scroller.end - scroller.box.scrollTop;
    const count = conversation.log.last + conversation.notes.length;
    const { first } = conversation.log;
    this.draw(conversation);
    if (isOther || following) scroller.toEnd();
    else if (first !== this.first) scroller.box.scrollTop = scroller.end - below;
    else if (count !== this.count) scroller.newer.hidden = false;
    Object.assign(this, { first, count });
    this.earlier.hidden = !conversation.log.more;
    this.refresh();
  }

  draw({ id, customer, timeline }) {
    const context = { team: this.client.team, visitor: customerName(customer) };
    const items = timeline.flatMap((item, i) => {
      const day = formatDay(new Date(item.at));
      const previous = timeline[i - 1];
      const isNewDay = !previous || formatDay(new Date(previous.at)) !== day;
      const heading = { key: `d${day}`, version: day, render: () => h('p.day', null, h('span', null, day)) };
      return [...(isNewDay ? [heading] : []), timelineItem(item, isNewDay ? null : previous, id, context)];
    });
    updateList(this.list, items);
  }

  // Shows what depends on the connection and on the visitor.
  refresh() {
    const { client, conversation } = this;
    if (!conversation) return;
    const isOnline = client.connectionStatus === 'online';
    updateList(this.unsent, client.sendQueue.items(conversation.id).map(
      (item) => unsentItem(item, isOnline, () => client.connection.connect()),
    ));
    const last = conversation.log.entries.at(-1);
    this.readMark.hidden = !(last?.author === 'agent' && conversation.read >= last.seq);
    this.typing.hidden = !conversation.typing;
    this.typing.textContent = conversation.typing ? t('typing', { who: customerName(conversation.customer) }) : '';
    this.scroller.follow();
  }
}
