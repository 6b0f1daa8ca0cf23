// The right side: who this is, why they are here, what was tried, what was promised, what was before.
import { button, h, link } from '/widget/dom.js';
import { webUrl } from '/widget/protocol.js';
import { t, time } from '/widget/words.js';
import { promise, ticking } from './clock.js';
import { didWords } from './entry.js';
import { icon } from './icons.js';
import { customerName, nameOf, roleOf, ruleOf } from './names.js';
import { pill } from './rows.js';

const fact = (key, value) => value && [h('dt', null, t(key)), h('dd', { dir: 'auto' }, value)];
const part = (key, ...content) => (content.flat(9).some(Boolean)
  ? h('section', null, h('h3', null, t(key)), content) : null);

const when = (at) => `${new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium' })
  .format(new Date(at))}, ${time(new Date(at))}`;

const clockOf = (key, since, by, done) => by && h('div.clock', null,
  h('span', null, t(key)),
  ticking(() => promise(since, by, done), 'strong'),
  h('small', null, t('until', { at: when(by) })));

// The address itself, never behind the title: that is the page's own word, and the page may be anybody's.
const pageOf = ({ url, is_allowed: allowed }) => {
  if (!webUrl(url)) return null;
  const shown = url.replace(/^https:\/\//, '');
  return allowed || new URL(url).origin === location.origin ? link(shown, url)
    : [shown, ' ', h('small.foreign', null, t('page_foreign'))];
};

export class CaseFile {
  constructor({ desk, open, shut }) {
    Object.assign(this, { desk, open });
    this.body = h('div.body', { tabindex: 0, role: 'group', 'aria-label': t('case_file') });
    this.leave = button([icon('close'), h('span', null, t('close_dialog'))], shut, { class: 'tool panel-close' });
    this.element = h('aside.file-panel', { 'aria-label': t('case_file'), hidden: true }, this.leave, this.body);
  }

  show(chat) {
    this.element.hidden = !chat;
    if (!chat) return;
    const look = JSON.stringify([chat.case, chat.file, chat.clocks, chat.customer, chat.context, chat.cases,
      chat.elsewhere, chat.notes.length]);
    if (look === this.look) return;
    this.look = look;
    const parts = [this.who(chat), this.why(chat), this.clocks(chat), this.steps(chat), this.before(chat)];
    this.body.replaceChildren(...parts.flat().filter(Boolean));
  }

  who({ customer, context }) {
    const c = customer || {};
    const licence = c.licensed == null ? '' : t(c.licensed ? 'licensed' : 'unlicensed');
    return part('who', h('dl', null, fact('name', customerName(customer)), fact('plan', nameOf('plan', c.plan)),
      fact('account', nameOf('account_type', c.account_type)),
      fact('role', [roleOf(c.role), licence].filter(Boolean).join(', ')),
      fact('email', c.email), fact('page', pageOf(context || {})), fact('page_title', context?.title)));
  }

  why({ case: row, file }) {
    const tried = (file.tried || []).filter((said) => said !== file.question);
    return part('why',
      h('blockquote', { dir: 'auto' }, file.question),
      h('dl', null,
        row.priority && [h('dt', null, t('priority')), h('dd', null, pill(row.priority), ' ',
          [nameOf('priority', row.priority), file.priority_evidence].filter(Boolean).join(' – '))],
        fact('rule', ruleOf(file.rule)), fact('tier_name', t('tier', { n: row.tier }))),
      tried.length > 0 && [h('h4', null, t('tried')),
        h('ol.tried', null, tried.map((said) => h('li', { dir: 'auto' }, said)))]);
  }

  clocks({ case: row, clocks }) {
    const { first_response_due_at: first, resolution_due_at: whole, escalates } = clocks;
    return part('clocks', clockOf('clock_first', row.since, first, clocks.first_response_at),
      clockOf('clock_restore', row.since, whole, clocks.resolved_at),
      !first && !whole && h('p.none', null, t('clock_none')),
      escalates && h('p.hint', null, t('escalates')));
  }

  steps({ notes }) {
    const items = notes.filter(({ kind }) => kind !== 'note').map((note) => h('li', null,
      h('time', { datetime: note.at }, time(new Date(note.at))), ' ', didWords(note, this.desk)));
    return part('steps', items.length > 0 && h('ol.steps', null, items));
  }

  before({ id, cases, elsewhere }) {
    const row = (each) => h('li', null, button([h('b', null, each.case), ' ', h('span', { dir: 'auto' }, each.question),
      h('small', null, `${when(each.since)} · ${t(`outcome_${each.outcome || 'open'}`)}`)],
    () => this.open(each.conversation), { class: 'past', disabled: each.conversation === id }));
    const rows = [...(cases || []), ...(elsewhere || [])].map(row);
    return [part('before', rows.length > 0 && h('ul', null, rows)), h('a.transcript', {
      href: `/agent/transcript/${encodeURIComponent(id)}`, download: true,
    }, t('transcript'))];
  }
}
