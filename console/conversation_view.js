// The middle column: whose conversation it is, the actions for its case, the thread and the composer; or, while no
// conversation is open, a hint.
import { button, h, screenReaderOnly } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { Composer } from './composer.js';
import { enableDragAndDrop } from './drag_and_drop.js';
import { GoneConversationBanner } from './gone_conversation_banner.js';
import { icon } from './icons.js';
import { customerName } from './labels.js';
import { priorityBadge } from './sidebar_items.js';
import { Thread } from './thread.js';

export class ConversationView {
  constructor(context) {
    const { actions, client } = context;
    this.client = client;
    this.thread = new Thread(context);
    this.composer = new Composer(context);
    const tool = (iconName, key, run, shortcut) => button([icon(iconName), h('span', null, t(key))], run, {
      class: 'tool', title: shortcut ? `${t(key)} (${shortcut})` : t(key),
    });
    this.tools = {
      take: button([icon('take'), t('take')], () => actions.takeCurrent(), { class: 'primary' }),
      assign: tool('transfer', 'assign', () => actions.assign()),
      transfer: tool('transfer', 'transfer', () => actions.transfer(), 'Alt+T'),
      giveBack: tool('bot', 'give_back', () => actions.giveBack()),
      ticket: tool('ticket', 'ticket', () => actions.ticket()),
      close: tool('check', 'close', () => actions.close(), 'Alt+C'),
    };
    this.casePanelSwitch = button([icon('panel'), screenReaderOnly(t('case_file'))], () => actions.toggleCasePanel(), {
      class: 'tool case-panel-switch', title: t('case_file'), 'aria-expanded': 'false',
    });
    this.name = h('h2', { tabindex: -1, dir: 'auto' });
    this.status = h('p.status');
    this.header = h('header.conversation-header', null, h('div.customer', null, this.name, this.status),
      h('div.tools', { role: 'toolbar', 'aria-label': t('actions') }, Object.values(this.tools), this.casePanelSwitch));
    this.dropOverlay = h('p.drop-overlay', { hidden: true }, t('drop'));
    this.notAnswering = h('p.not-answering', { hidden: true });
    this.content = h('div.conversation', { hidden: true }, this.header, this.thread.scroller.element, this.notAnswering,
      this.composer.element, this.dropOverlay);
    this.goneBanner = new GoneConversationBanner(context, () => this.composer.drafts);
    this.empty = h('div.no-conversation', null, h('i.bolt', { 'aria-hidden': 'true' }), h('p', null, t('empty')),
      h('p.hint', null, t('empty_hint')), this.goneBanner.element);
    this.element = h('main', { 'aria-label': t('log') }, this.empty, this.content);
    enableDragAndDrop({
      main: this.element, conversation: () => this.conversation, client, overlay: this.dropOverlay,
      onFiles: (files) => this.composer.addFiles(files),
    });
  }

  // null: no conversation.
  show(conversation) {
    this.conversation = conversation;
    this.content.hidden = !conversation;
    this.empty.hidden = Boolean(conversation);
    this.goneBanner.show(null);
    if (!conversation) return;
    const { agent, case: row, customer, lang, status, visitor_online: isOnline } = conversation;
    const isOwn = this.client.isOwn(conversation);
    const isWaiting = ['queued', 'transferred'].includes(status);
    const name = h('span.clamped', null, customerName(customer));
    this.name.replaceChildren(...[priorityBadge(row.priority), name].filter(Boolean));
    this.status.replaceChildren(
      h(`i.dot.${isOnline ? 'online' : 'offline'}`, { 'aria-hidden': 'true' }),
      [t(isOnline ? 'visitor_here' : 'visitor_gone'), row.case, lang.toUpperCase()].join(' · '));
    this.tools.take.hidden = !isWaiting;
    this.tools.assign.hidden = !this.client.isLead || !(isWaiting || (agent && !isOwn));
    for (const key of ['transfer', 'giveBack', 'ticket', 'close']) this.tools[key].hidden = !isOwn;
    this.notAnswering.textContent = isOwn ? '' : this.whyNotAnswering(conversation, isWaiting);
    this.notAnswering.hidden = !this.notAnswering.textContent;
    this.thread.show(conversation);
    this.composer.show(conversation);
  }

  // Why this agent can't answer.
  whyNotAnswering({ agent, case: row, status }, isWaiting) {
    if (status === 'closed') return t('over_closed');
    if (agent) return t('over_other', { agent: agent.name });
    if (!isWaiting) return t('over_bot');
    return t(row.reserved_for && row.reserved_for !== this.client.agent.id ? 'over_reserved' : 'over_waits');
  }
}
