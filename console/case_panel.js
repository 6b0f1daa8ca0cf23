// The right column: who the customer is, why they are here, SLA times, the steps of the case, other cases.
import { button, h, link } from '/widget/dom.js';
import { formatTime, t } from '/widget/i18n.js';
import { webUrl } from '/widget/links.js';
import { describeStep } from './case_steps.js';
import { icon } from './icons.js';
import { customerName, labelOf, roleLabel, ruleLabel } from './labels.js';
import { priorityBadge } from './sidebar_items.js';
import { liveElement, slaStatus } from './sla_timers.js';

const fact = (key, value) => value && [h('dt', null, t(key)), h('dd', { dir: 'auto' }, value)];
const section = (key, ...content) => (content.flat(9).some(Boolean)
  ? h('section', null, h('h3', null, t(key)), content) : null);

const formatDateTime = (at) => {
  const date = new Date(at);
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium' }).format(date);
  return `${day}, ${formatTime(date)}`;
};

const slaTimer = (key, since, due, done) => due && h('div.sla', null,
  h('span', null, t(key)),
  liveElement(() => slaStatus(since, due, done), 'strong'),
  h('small', null, t('until', { at: formatDateTime(due) })));

// Shows the address itself, never behind the title: any page may say any title.
const pageLink = ({ url, is_allowed: isAllowed }) => {
  if (!webUrl(url)) return null;
  const text = url.replace(/^https:\/\//, '');
  return isAllowed || new URL(url).origin === location.origin ? link(text, url)
    : [text, ' ', h('small', null, t('page_foreign'))];
};

export class CasePanel {
  constructor({ actions, client, openConversation }) {
    Object.assign(this, { client, openConversation });
    this.body = h('div.body', { tabindex: 0, role: 'group', 'aria-label': t('case_file') });
    this.closeButton = button([icon('close'), h('span', null, t('close_dialog'))], () => actions.closeCasePanel(), {
      class: 'tool case-panel-close',
    });
    this.element = h('aside.case-panel', { 'aria-label': t('case_file'), hidden: true }, this.closeButton, this.body);
  }

  // null: no conversation.
  show(conversation) {
    this.element.hidden = !conversation;
    if (!conversation) return;
    const { case: row, case_file: file, cases, customer, customer_cases: customerCases, notes, page, sla } = conversation;
    const drawn = JSON.stringify([row, file, sla, customer, page, cases, customerCases, notes.length]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const sections = [this.customer(conversation), this.reason(conversation), this.slaTimes(conversation),
      this.steps(conversation), this.otherCases(conversation)];
    this.body.replaceChildren(...sections.flat().filter(Boolean));
  }

  customer({ customer, page }) {
    const { account_type: account, email, licensed, plan, role } = customer || {};
    const license = licensed == null ? '' : t(licensed ? 'licensed' : 'unlicensed');
    return section('who', h('dl', null, fact('name', customerName(customer)), fact('plan', labelOf('plan', plan)),
      fact('account', labelOf('account_type', account)),
      fact('role', [roleLabel(role), license].filter(Boolean).join(', ')),
      fact('email', email), fact('page', pageLink(page || {})), fact('page_title', page?.title)));
  }

  reason({ case: row, case_file: file }) {
    const tried = (file.tried || []).filter((text) => text !== file.question);
    return section('why',
      h('blockquote', { dir: 'auto' }, file.question),
      h('dl', null,
        row.priority && [h('dt', null, t('priority')), h('dd', null, priorityBadge(row.priority), ' ',
          [labelOf('priority', row.priority), file.priority_evidence].filter(Boolean).join(' – '))],
        fact('rule', ruleLabel(file.rule)), fact('tier_name', t('tier', { n: row.tier }))),
      tried.length > 0 && [h('h4', null, t('tried')),
        h('ol.tried', null, tried.map((text) => h('li', { dir: 'auto' }, text)))]);
  }

  slaTimes({ case: { opened_at: start }, sla }) {
    const { first_response_due_at: responseDue, resolution_due_at: resolutionDue, first_response_at, resolved_at, escalates } = sla;
    return section('sla', slaTimer('sla_first', start, responseDue, first_response_at),
      slaTimer('sla_restore', start, resolutionDue, resolved_at),
      !responseDue && !resolutionDue && h('p.empty-list', null, t('sla_none')),
      escalates && h('p.hint', null, t('escalates')));
  }

  steps({ notes }) {
    const items = notes.filter(({ kind }) => kind !== 'note').map((note) => h('li', null,
      h('time', { datetime: note.at }, formatTime(new Date(note.at))), ' ', describeStep(note, this.client)));
    return section('steps', items.length > 0 && h('ol.steps', null, items));
  }

  // Cases of this conversation and of this customer's other conversations; and the transcript.
  otherCases({ id, cases, customer_cases: customerCases }) {
    const item = (row) => h('li', null, button([
      h('b', null, row.case), ' ', h('span', { dir: 'auto' }, row.question),
      h('small', null, `${formatDateTime(row.opened_at)} · ${t(`outcome_${row.outcome || 'open'}`)}`),
    ], () => this.openConversation(row.conversation), { class: 'other-case', disabled: row.conversation === id }));
    const items = [...(cases || []), ...(customerCases || [])].map(item);
    return [section('before', items.length > 0 && h('ul', null, items)), h('a.transcript', {
      href: `/agent/transcript/${encodeURIComponent(id)}`, download: true,
    }, t('transcript'))];
  }
}
