// The dialogs of a case: give back to the bot, transfer, assign, close, make a ticket.
import { h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { newFrame } from '/widget/protocol.js';
import { field, openDialog, radioGroup } from './dialog.js';
import { customerName, labelOf } from './labels.js';

const TICKET_FIELDS = ['subject', 'description', 'email', 'priority'];
const SUBJECT_LENGTH = 80; // characters of the question that fill in the subject

// Codes of errors that have a message of their own.
const CODES = ['file_type', 'at_capacity', 'invalid_form', 'lost', 'not_allowed', 'not_case_owner',
  'rate_limited', 'refused', 'taken', 'unavailable', 'unknown'];
export const errorText = ({ code }) => t(CODES.includes(code) ? `error_${code}` : 'error_other');

// The agents who can take a case, as options: those who are online before those who are away.
const agentOptions = (client, exceptId) => client.team
  .filter(({ id, presence }) => id !== exceptId && presence !== 'offline')
  .sort((a, b) => (a.presence === 'away') - (b.presence === 'away')).map((agent) => ({
    key: `agent:${agent.id}`, title: agent.name,
    more: `${t(`presence_${agent.presence}`)} · ${agent.load}/${agent.capacity}`,
  }));

// Whose case a dialog is about.
export const caseTitle = ({ case: row, customer }) => `${customerName(customer)} · ${row.case}`;

// A function that sends a step of the case, after everything that was sent before is stored; then calls onDone(). Its
// client_id stays the same, so a step that is sent again happens once.
const caseStep = (type, client, conversation, onDone) => {
  const { client_id } = newFrame(type);
  return async (fields) => {
    await client.sendQueue.allStored(conversation.id);
    await client.connection.request(type, { conversation: conversation.id, client_id, ...fields });
    onDone();
  };
};

export const giveBackDialog = ({ client, showToast }, conversation, onDone) => {
  const giveBack = caseStep('give_back', client, conversation, onDone);
  return openDialog({
    title: t('give_back'), about: caseTitle(conversation), submit: t('give_back'), errorText,
    body: h('p', null, t('give_back_sure')),
    run: () => giveBack().then(() => showToast(t('given_back'))),
  });
};

export const transferDialog = ({ client }, conversation, onDone) => {
  const transfer = caseStep('transfer', client, conversation, onDone);
  const { limits, tiers } = client.config;
  const targets = [
    ...tiers.map((tier) => ({ key: `tier:${tier}`, title: t('to_tier', { n: tier }) })),
    ...agentOptions(client, client.agent.id),
  ];
  const otherTier = tiers.find((tier) => tier !== conversation.case.tier);
  const reasonInput = h('textarea', { name: 'reason', rows: 2, dir: 'auto', maxlength: limits.reason });
  return openDialog({
    title: t('transfer'), about: caseTitle(conversation), submit: t('transfer'), errorText,
    body: [
      h('fieldset', null, h('legend', null, t('transfer_where')),
        radioGroup('to', targets, `tier:${otherTier ?? tiers[0]}`)),
      field(t('transfer_reason'), reasonInput, t('transfer_reason_hint')),
    ],
    run: ({ to, reason }) => {
      const [kind, key] = to.split(/:(.*)/);
      const target = kind === 'tier' ? { tier: Number(key) } : { agent: key };
      return transfer({ ...target, ...(reason.trim() && { reason: reason.trim() }) });
    },
  });
};

// Refuses when the case has got another agent since the dialog was opened.
export const assignDialog = ({ client }, conversation) => {
  const agentId = conversation.agent?.id;
  return openDialog({
    title: t('assign'), about: caseTitle(conversation), submit: t('assign'), errorText,
    body: h('fieldset', null, h('legend', null, t('assign_whom')), radioGroup('to', agentOptions(client, agentId))),
    async run({ to }) {
      if (conversation.agent && conversation.agent.id !== agentId) throw client.connection.error('taken');
      await client.connection.request('assign', { conversation: conversation.id, agent: to.replace('agent:', '') });
    },
  });
};

export const closeDialog = ({ client }, conversation, onDone) => {
  const close = caseStep('close', client, conversation, onDone);
  const reasons = client.config.reasons.map((key) => ({
    key, title: t(`reason_${key}`), more: t(`reason_${key}_more`),
  }));
  return openDialog({
    title: t('close'), about: caseTitle(conversation), submit: t('close'), danger: true, errorText,
    body: [
      h('p', null, t('close_sure')),
      h('fieldset', null, h('legend', null, t('close_why')), radioGroup('reason', reasons)),
    ],
    run: ({ reason }) => close({ reason }),
  });
};

// The values of the ticket that are known.
const knownValues = ({ case: row, customer, case_file: file }, { ticket }) => ({
  subject: [...(file.question || '')].slice(0, Math.min(SUBJECT_LENGTH, ticket.subject.max)).join(''),
  description: [...new Set([file.question, ...file.tried])].filter(Boolean).join('\n'),
  email: customer?.email || '',
  priority: row.priority || 'p3',
});

// The server checks the fields.
export const ticketDialog = ({ client }, conversation, onDone) => {
  const { limits, priorities } = client.config;
  const values = knownValues(conversation, limits);
  const controls = {
    subject: h('input', { name: 'subject', dir: 'auto' }),
    description: h('textarea', { name: 'description', rows: 5, dir: 'auto' }),
    email: h('input', { name: 'email', type: 'email' }),
    priority: h('select', { name: 'priority' }, priorities.map((key) => h('option', { value: key },
      `${key.toUpperCase()} – ${labelOf('priority', key)}`))),
  };
  const rows = TICKET_FIELDS.map((name) => {
    controls[name].value = values[name];
    return field(t(`field_${name}`), controls[name]);
  });
  const makeTicket = caseStep('ticket', client, conversation, onDone);
  return openDialog({
    title: t('ticket'), about: caseTitle(conversation), submit: t('ticket_send'),
    body: [h('p', null, t('ticket_hint')), rows],
    run: (typed) => makeTicket({ values: typed }),
    errorText(error) {
      const { fields = {} } = error.frame || {};
      TICKET_FIELDS.forEach((name, i) => rows[i].showError(fields[name] && t(`form_${fields[name]}`, limits.ticket[name])));
      Object.values(controls).find((control) => control.ariaInvalid === 'true')?.focus();
      return errorText(error);
    },
  });
};
