// The ticket form: prefilled by the server, kept while it is typed, checked here and again by the server.
import { h, prose } from './dom.js';
import { t } from './words.js';

const FIELDS = {
  subject: { tag: 'input', autocomplete: 'off' },
  description: { tag: 'textarea', rows: 4 },
  email: { tag: 'input', type: 'email', autocomplete: 'email', inputmode: 'email', spellcheck: 'false' },
  priority: { tag: 'select' },
};
const EMAIL = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/;

// What is wrong with a value: undefined, or 'missing', 'too_short', 'too_long', 'wrong'.
export const fault = (field, value, { min = 0, max = Infinity } = {}) => {
  const size = [...value.trim()].length;
  if (!size && (min || field === 'priority')) return 'missing';
  if (size > max) return 'too_long';
  if (field === 'email' && !EMAIL.test(value.trim())) return 'wrong';
  return size < min ? 'too_short' : undefined;
};

export const form = (card, { client, keep, refused }, { seq }) => {
  const draft = () => keep.get('drafts', true)?.form;
  const values = { ...card.values, ...(draft()?.seq === seq && draft().values) };
  const controls = {};
  const faults = {};

  const show = (field, code) => {
    const { min, max } = card.rules?.[field] || {};
    faults[field].textContent = code ? t(`form_${code}`, { min, max }) : '';
    controls[field].setAttribute('aria-invalid', Boolean(code));
    return code;
  };
  const check = (field) => show(field, fault(field, controls[field].value, card.rules?.[field]));
  const read = () => Object.fromEntries(Object.entries(controls).map(([field, { value }]) => [field, value.trim()]));
  const save = () => keep.set('drafts', { ...keep.get('drafts', true), form: { seq, values: read() } }, true);

  const row = ([field, { tag, ...attributes }]) => {
    const id = `${field}-${seq}`;
    const control = controls[field] = h(tag, {
      id, name: field, 'aria-required': Boolean(card.rules?.[field]?.min || tag === 'select'),
      'aria-describedby': `${id}-fault`, dir: 'auto', ...attributes,
      on: {
        input() { save(); if (faults[field].textContent) check(field); },
        change() { check(field); save(); },
      },
    });
    if (tag === 'select') {
      control.append(h('option', { value: '', text: t('choose') }));
      for (const { key, title } of card.priorities || []) control.append(h('option', { value: key, text: title }));
    }
    control.value = values[field] ?? '';
    faults[field] = h('p', { id: `${id}-fault`, class: 'fault' });
    return h('div', { class: 'field' }, h('label', { for: id, text: t(`field_${field}`) }), control, faults[field]);
  };

  const focus = () => Object.values(controls).find((control) => control.getAttribute('aria-invalid') === 'true')?.focus();
  const send = h('button', { class: 'main' });
  // The one under way, perhaps since before a reload.
  let sending = client.outbox.items.find(({ frame }) => frame.type === 'ticket')?.frame.client_id;
  const answered = ({ fields }) => {
    for (const [field, code] of Object.entries(fields || {})) if (controls[field]) show(field, code);
    refresh();
    focus();
  };
  if (sending) refused.set(sending, answered);
  const submit = (event) => {
    event.preventDefault();
    if (client.outbox.get(sending)) return;
    if (Object.keys(controls).map(check).some(Boolean)) {
      focus();
      return;
    }
    sending = client.post('ticket', { values: read() });
    refused.set(sending, answered);
    refresh();
  };
  const made = h('form', { class: 'ticket', novalidate: true, on: { submit } }, Object.entries(FIELDS).map(row), send);
  const over = h('p', { class: 'source', text: t('form_over') });
  const parts = [card.lead && prose(card.lead), made, over];

  // Only the newest form can still be sent, and only once.
  const refresh = parts.refresh = () => {
    const later = client.log.entries.filter((entry) => entry.seq > seq);
    const done = client.state.status === 'closed'
      || later.some((entry) => entry.kind === 'ticket' || entry.card?.type === 'ticket_form');
    made.hidden = done;
    over.hidden = !done;
    const waiting = Boolean(client.outbox.get(sending));
    send.textContent = t(waiting ? (client.link === 'online' ? 'sending' : 'form_kept') : 'form_send');
    send.setAttribute('aria-disabled', waiting);
    for (const control of Object.values(controls)) control.disabled = waiting;
  };
  return parts;
};
