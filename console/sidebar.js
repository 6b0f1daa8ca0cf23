// The left column: presence, "take the next", the agent's own cases, drafts, the queue, the team.
import { button, h, screenReaderOnly } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { icon } from './icons.js';
import { ALT } from './keyboard_shortcuts.js';
import { updateList } from './keyed_list.js';
import { agentItems, caseItems, draftItems } from './sidebar_items.js';

const section = (title, list, ...more) => {
  const count = h('span.count');
  const id = `list-${title}`;
  const element = h('section', { 'aria-labelledby': id }, h('h2', { id }, t(title), ' ', count), ...more, list);
  return Object.assign(element, { count });
};

export class Sidebar {
  constructor({ actions, client, openConversation }) {
    Object.assign(this, { client, openConversation });
    this.presence = h('button.switch', {
      type: 'button', role: 'switch', onclick: () => actions.togglePresence(),
    }, h('i', { 'aria-hidden': 'true' }), t('presence_online'));
    this.awayHint = h('p.hint', { hidden: true }, t('away_hint'));
    this.takeNext = button([icon('take'), t('take_next'), h('kbd', null, `${ALT}+A`)], () => actions.takeNext(), {
      class: 'primary',
    });
    this.lists = { mine: h('ul'), drafts: h('ul'), queue: h('ul'), team: h('ul') };
    this.tierCounts = h('p.counts');
    this.emptyHints = {
      mine: h('p.empty-list', null, t('mine_none')), queue: h('p.empty-list', null, t('queue_none')),
    };
    this.sections = {
      mine: section('mine', this.lists.mine, this.emptyHints.mine),
      drafts: section('drafts', this.lists.drafts),
      queue: section('queue', this.lists.queue, this.tierCounts, this.emptyHints.queue),
      team: section('team', this.lists.team),
    };
    this.settings = button([icon('settings'), screenReaderOnly(t('settings'))], () => actions.openSettings(), {
      class: 'icon-button', title: t('settings'),
    });
    this.agentName = h('p.agent-name');
    this.element = h('nav.sidebar', { 'aria-label': t('conversations') },
      h('div.top', null,
        h('div.brand', null, h('i.bolt', { 'aria-hidden': 'true' }), h('h1', null, 'Kilat'), this.agentName, this.settings),
        h('div.line', null, this.presence), this.awayHint, this.takeNext),
      h('div.lists', { tabindex: -1 }, Object.values(this.sections)));
  }

  // The ids of the conversations in the order of the lists.
  get order() {
    return [...this.client.ownCases, ...this.client.queue.cases].map(({ conversation }) => conversation);
  }

  // `drafts`: unsent texts for cases that the agent does not have, [{conversation, name, text}].
  refresh(drafts) {
    const { agent, currentId, ownCases, queue, team } = this.client;
    const context = { currentId, agentId: agent.id, open: (id) => this.openConversation(id, true) };
    updateList(this.lists.mine, caseItems(ownCases, { ...context, isOwn: true }));
    updateList(this.lists.drafts, draftItems(drafts, { currentId, open: (id) => this.openConversation(id) }));
    this.sections.drafts.hidden = !drafts.length;
    this.sections.drafts.count.textContent = String(drafts.length);
    updateList(this.lists.queue, caseItems(queue.cases, context));
    updateList(this.lists.team, agentItems(team));
    const waiting = Object.values(queue.counts).reduce((sum, count) => sum + count, 0);
    this.sections.mine.count.textContent = `${ownCases.length}/${agent.capacity}`;
    this.sections.queue.count.textContent = String(waiting);
    this.sections.team.count.textContent = String(team.filter(({ presence }) => presence === 'online').length);
    this.tierCounts.textContent = Object.entries(queue.counts).filter(([, count]) => count)
      .map(([tier, count]) => `${t('tier', { n: tier })}: ${count}`).join(' · ');
    this.emptyHints.mine.hidden = ownCases.length > 0;
    this.emptyHints.queue.hidden = queue.cases.length > 0;
    this.presence.setAttribute('aria-checked', agent.presence === 'online');
    this.awayHint.hidden = agent.presence === 'online';
    this.agentName.textContent = agent.name;
  }
}
