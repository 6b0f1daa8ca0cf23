// The left side: presence, taking the next, one's own conversations, the queue, the team.
import { button, h, screenReaderOnly } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { icon } from './icons.js';
import { ALT } from './keyboard_shortcuts.js';
import { agentItems, caseItems, draftItems } from './sidebar_items.js';
import { sync } from './keyed_list.js';

const section = (title, list, ...more) => {
  const count = h('span.count');
  const id = `list-${title}`;
  const made = h('section', { 'aria-labelledby': id }, h('h2', { id }, t(title), ' ', count), ...more, list);
  return Object.assign(made, { count });
};

export class Side {
  constructor({ desk, open, act, settings }) {
    Object.assign(this, { desk, open });
    this.presence = h('button.switch', {
      type: 'button', role: 'switch', onclick: () => act.presence(),
    }, h('i', { 'aria-hidden': 'true' }), t('presence_online'));
    this.away = h('p.hint', { hidden: true }, t('away_hint'));
    this.next = button([icon('take'), t('take_next'), h('kbd', null, `${ALT}+A`)], () => act.next(), { class: 'main' });
    this.lists = { mine: h('ul'), drafts: h('ul'), queue: h('ul'), team: h('ul') };
    this.counts = h('p.counts');
    this.none = { mine: h('p.none', null, t('mine_none')), queue: h('p.none', null, t('queue_none')) };
    this.parts = {
      mine: section('mine', this.lists.mine, this.none.mine),
      drafts: section('drafts', this.lists.drafts),
      queue: section('queue', this.lists.queue, this.counts, this.none.queue),
      team: section('team', this.lists.team),
    };
    this.gear = button([icon('settings'), screenReaderOnly(t('settings'))], () => settings(), {
      class: 'sign', title: t('settings'),
    });
    this.me = h('p.me');
    this.element = h('nav.side', { 'aria-label': t('conversations') },
      h('div.top', null,
        h('div.brand', null, h('i.bolt', { 'aria-hidden': 'true' }), h('h1', null, 'Kilat'), this.me, this.gear),
        h('div.line', null, this.presence), this.away, this.next),
      h('div.lists', { tabindex: -1 }, Object.values(this.parts)));
  }

  // The conversations in the order that the eye goes through them.
  get order() {
    return [...this.desk.mine, ...this.desk.queue.cases].map(({ conversation }) => conversation);
  }

  // `drafts` are answers that were begun in cases which are not one's own: {conversation, name, text}.
  refresh(drafts) {
    const { agent, current, mine, queue, team } = this.desk;
    const context = { current, me: agent.id, open: (id) => this.open(id, true) };
    sync(this.lists.mine, caseItems(mine, { ...context, own: true }));
    sync(this.lists.drafts, draftItems(drafts, { ...context, open: (id) => this.open(id) }));
    this.parts.drafts.hidden = !drafts.length;
    this.parts.drafts.count.textContent = String(drafts.length);
    sync(this.lists.queue, caseItems(queue.cases, context));
    sync(this.lists.team, agentItems(team));
    const waiting = Object.values(queue.counts).reduce((sum, count) => sum + count, 0);
    this.parts.mine.count.textContent = `${mine.length}/${agent.capacity}`;
    this.parts.queue.count.textContent = String(waiting);
    this.parts.team.count.textContent = String(team.filter(({ presence }) => presence === 'online').length);
    this.counts.textContent = Object.entries(queue.counts).filter(([, count]) => count)
      .map(([tier, count]) => `${t('tier', { n: tier })}: ${count}`).join(' · ');
    this.none.mine.hidden = mine.length > 0;
    this.none.queue.hidden = queue.cases.length > 0;
    this.presence.setAttribute('aria-checked', agent.presence === 'online');
    this.away.hidden = agent.presence === 'online';
    this.me.textContent = agent.name;
  }
}
