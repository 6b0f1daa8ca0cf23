// The middle: whose conversation this is and how it stands, what can be done with it, the story, where one writes.
import { button, h, screenReaderOnly } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { Composer } from './composer.js';
import { drops } from './drag_and_drop.js';
import { icon } from './icons.js';
import { Kept } from './gone_conversation_banner.js';
import { customerName } from './labels.js';
import { pill } from './sidebar_items.js';
import { Thread } from './thread.js';

export class Talk {
  constructor(context) {
    const { act, desk, panel } = context;
    this.desk = desk;
    this.thread = new Thread(context);
    this.composer = new Composer(context);
    const tool = (sign, key, run, keys) => button([icon(sign), h('span', null, t(key))], run, {
      class: 'tool', title: keys ? `${t(key)} (${keys})` : t(key),
    });
    this.tools = {
      take: button([icon('take'), t('take')], () => act.take(), { class: 'main' }),
      assign: tool('transfer', 'assign', () => act.assign()),
      transfer: tool('transfer', 'transfer', () => act.transfer(), 'Alt+T'),
      giveBack: tool('bot', 'give_back', () => act.giveBack()),
      ticket: tool('ticket', 'ticket', () => act.ticket()),
      close: tool('check', 'close', () => act.close(), 'Alt+C'),
    };
    this.panel = button([icon('panel'), screenReaderOnly(t('case_file'))], panel, {
      class: 'tool panel-switch', title: t('case_file'), 'aria-expanded': 'false',
    });
    this.name = h('h2', { tabindex: -1, dir: 'auto' });
    this.status = h('p.status');
    this.header = h('header.head', null, h('div.whose', null, this.name, this.status),
      h('div.tools', { role: 'toolbar', 'aria-label': t('actions') }, Object.values(this.tools), this.panel));
    this.drop = h('p.drop', { hidden: true }, t('drop'));
    this.over = h('p.over', { hidden: true });
    this.inside = h('div.talk', { hidden: true }, this.header, this.thread.element, this.over, this.composer.element,
      this.drop);
    this.kept = new Kept(context, () => this.composer.drafts);
    this.empty = h('div.empty', null, h('i.bolt', { 'aria-hidden': 'true' }), h('p', null, t('empty')),
      h('p.hint', null, t('empty_hint')), this.kept.element);
    this.element = h('main', { 'aria-label': t('log') }, this.empty, this.inside);
    drops({
      main: this.element, chat: () => this.chat, desk, sign: this.drop, take: (files) => this.composer.take(files),
    });
  }

  show(chat) {
    this.chat = chat;
    this.inside.hidden = !chat;
    this.empty.hidden = Boolean(chat);
    this.kept.show(null);
    if (!chat) return;
    const { agent, isLead } = this.desk;
    const mine = this.desk.isMine(chat);
    const waits = ['queued', 'transferred'].includes(chat.status);
    const { case: row } = chat;
    const name = h('span.clamped', null, customerName(chat.customer));
    this.name.replaceChildren(...[pill(row.priority), name].filter(Boolean));
    this.status.replaceChildren(
      h(`i.dot.${chat.visitor_online ? 'online' : 'offline'}`, { 'aria-hidden': 'true' }),
      [t(chat.visitor_online ? 'visitor_here' : 'visitor_gone'), row.case, chat.lang.toUpperCase()].join(' · '));
    this.tools.take.hidden = !waits;
    this.tools.assign.hidden = !isLead || !(waits || (chat.agent && !mine));
    for (const key of ['transfer', 'giveBack', 'ticket', 'close']) this.tools[key].hidden = !mine;
    const over = chat.status === 'closed' ? t('over_closed')
      : chat.agent && !mine ? t('over_other', { agent: chat.agent.name })
        : waits ? t(row.kept_for && row.kept_for !== agent.id ? 'over_kept' : 'over_waits') : mine ? '' : t('over_bot');
    this.over.textContent = over;
    this.over.hidden = !over;
    this.thread.show(chat);
    this.composer.show(chat);
  }
}
