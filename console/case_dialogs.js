// The dialogs for a case: send it on, give it to somebody, make a ticket of it, end it.
import { h } from '/widget/dom.js';
import { newFrame } from '/widget/protocol.js';
import { t } from '/widget/i18n.js';
import { choice, dialog, field } from './dialog.js';
import { customerName, nameOf } from './labels.js';

const FIELDS = ['subject', 'description', 'email', 'priority'];

// What a person reads of an error. Codes that have words of their own:
const CODES = ['file_type', 'full', 'invalid_form', 'lost', 'no_say', 'not_allowed', 'rate_limited',
  'refused', 'taken', 'unavailable', 'unknown'];
export const trouble = ({ code }) => t(CODES.includes(code) ? `error_${code}` : 'error_other');

// Who can take a case now: those who are there, before those who want no new ones.
const people = (desk, but) => desk.team.filter(({ id, presence }) => id !== but && presence !== 'offline')
  .sort((a, b) => (a.presence === 'away') - (b.presence === 'away')).map((agent) => ({
    key: `agent:${agent.id}`, title: agent.name,
    more: `${t(`presence_${agent.presence}`)} · ${agent.load}/${agent.capacity}`,
  }));

// Whose case a dialog is about.
export const aboutOf = ({ case: row, customer }) => `${customerName(customer)} · ${row.case}`;

// A step that broke off can be sent again from its dialog: it has one id, and happens once, after what was sent before
// it is stored. Then comes `done`.
const step = (type, chat, done) => {
  const { client_id: id } = newFrame(type);
  return async (desk, fields) => {
    await desk.sending.stored(chat.id);
    await desk.line.ask(type, { conversation: chat.id, client_id: id, ...fields });
    done();
  };
};

export const giveBackForm = ({ desk, say }, chat, done) => {
  const send = step('give_back', chat, done);
  return dialog({
    title: t('give_back'), about: aboutOf(chat), submit: t('give_back'), wrong: trouble, body: h('p', null, t('give_back_sure')),
    run: () => send(desk).then(() => say(t('given_back'))),
  });
};

export const transferForm = ({ desk }, chat, done) => {
  const send = step('transfer', chat, done);
  const { limits, tiers } = desk.facts;
  const where = [
    ...tiers.map((tier) => ({ key: `tier:${tier}`, title: t('to_tier', { n: tier }) })),
    ...people(desk, desk.agent.id),
  ];
  const other = tiers.find((tier) => tier !== chat.case.tier);
  const reason = h('textarea', { name: 'reason', rows: 2, dir: 'auto', maxlength: limits.reason });
  return dialog({
    title: t('transfer'), about: aboutOf(chat), submit: t('transfer'), wrong: trouble,
    body: [
      h('fieldset', null, h('legend', null, t('transfer_where')), choice('to', where, `tier:${other ?? tiers[0]}`)),
      field(t('transfer_reason'), reason, t('transfer_reason_hint')),
    ],
    run: ({ to, reason: why }) => {
      const [kind, key] = to.split(/:(.*)/);
      const target = kind === 'tier' ? { tier: Number(key) } : { agent: key };
      return send(desk, { ...target, ...(why.trim() && { reason: why.trim() }) });
    },
  });
};

// Of a case that somebody has taken since nothing is taken away unseen.
export const assignForm = ({ desk }, chat) => {
  const holder = chat.agent?.id;
  return dialog({
    title: t('assign'), about: aboutOf(chat), submit: t('assign'), wrong: trouble,
    body: h('fieldset', null, h('legend', null, t('assign_whom')), choice('to', people(desk, holder))),
    async run({ to }) {
      if (chat.agent && chat.agent.id !== holder) throw Object.assign(new Error('taken'), { code: 'taken' });
      await desk.line.ask('assign', { conversation: chat.id, agent: to.replace('agent:', '') });
    },
  });
};

export const closeForm = ({ desk }, chat, done) => {
  const send = step('close', chat, done);
  const reasons = desk.facts.reasons.map((key) => ({ key, title: t(`reason_${key}`), more: t(`reason_${key}_more`) }));
  return dialog({
    title: t('close'), about: aboutOf(chat), submit: t('close'), danger: true, wrong: trouble,
    body: [
      h('p', null, t('close_sure')),
      h('fieldset', null, h('legend', null, t('close_why')), choice('reason', reasons)),
    ],
    run: ({ reason }) => send(desk, { reason }),
  });
};

// What is known is filled in; the server says what is wrong with a field.
const known = ({ case: row, customer, file }, { ticket }) => ({
  subject: [...(file.question || '')].slice(0, Math.min(80, ticket.subject.max)).join(''),
  description: [...new Set([file.question, ...file.tried])].filter(Boolean).join('\n'),
  email: customer?.email || '',
  priority: row.priority || 'p3',
});

export const ticketForm = ({ desk }, chat, done) => {
  const { limits, priorities } = desk.facts;
  const filled = known(chat, limits);
  const controls = {
    subject: h('input', { name: 'subject', dir: 'auto' }),
    description: h('textarea', { name: 'description', rows: 5, dir: 'auto' }),
    email: h('input', { name: 'email', type: 'email' }),
    priority: h('select', { name: 'priority' }, priorities.map((key) => h('option', { value: key },
      `${key.toUpperCase()} – ${nameOf('priority', key)}`))),
  };
  const rows = FIELDS.map((name) => {
    controls[name].value = filled[name];
    return field(t(`field_${name}`), controls[name]);
  });
  const send = step('ticket', chat, done);
  return dialog({
    title: t('ticket'), about: aboutOf(chat), submit: t('ticket_send'), body: [h('p', null, t('ticket_hint')), rows],
    run: (values) => send(desk, { values }),
    wrong(error) {
      const { fields = {} } = error.frame || {};
      FIELDS.forEach((name, i) => rows[i].tell(fields[name] && t(`form_${fields[name]}`, limits.ticket[name])));
      Object.values(controls).find((control) => control.ariaInvalid === 'true')?.focus();
      return trouble(error);
    },
  });
};
