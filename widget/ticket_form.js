// The ticket form: prefilled by the server, kept while it is typed, checked here and again by the server.
import { h } from './dom.js';
import { t } from './i18n.js';

const FIELDS = {
  subject: ['input'],
  description: ['textarea', { rows: 4 }],
  email: ['input', { type: 'email', autocomplete: 'email' }],
  priority: ['select'],
};

// What is wrong with a value: undefined, or 'missing', 'too_short', 'too_long', 'wrong'.
export const fieldError = (field, value, { min = 0, max = Infinity } = {}) => {
  const length = [...value.trim()].length;
  if (!length) return min || field === 'priority' ? 'missing' : undefined;
  if (length > max) return 'too_long';
  if (field === 'email' && !/^[^\s@<>]+@[^\s@<>.]+(?:\.[^\s@<>.]+)+$/.test(value.trim())) return 'wrong';
  return length < min ? 'too_short' : undefined;
};

export const ticketForm = (card, { client, keep, refused }, { seq }) => {
  const { rules = {}, priorities = [] } = card;
  const choices = [{ key: '', title: t('choose') }, ...priorities];
  const draft = keep.all(true).drafts?.form;
  const values = { ...card.values, ...(draft?.seq === seq && draft.values) };
  const controls = {};
  const faults = {};

  const tell = (field, code) => {
    faults[field].textContent = code ? t(`form_${code}`, rules[field]) : '';
    controls[field].setAttribute('aria-invalid', Boolean(code));
    return code;
  };
  const check = (field) => tell(field, fieldError(field, controls[field].value, rules[field]));
  const read = () => Object.fromEntries(Object.entries(controls).map(([field, { value }]) => [field, value.trim()]));
  const save = () => keep.set({ drafts: { ...keep.all(true).drafts, form: { seq, values: read() } } }, true);
  const focus = () => Object.values(controls).find((control) => control.ariaInvalid === 'true')?.focus();

  const rows = Object.entries(FIELDS).map(([field, [tag, attributes]]) => {
    const id = `${field}-${seq}`;
    const control = controls[field] = h(tag, {
      id, 'aria-required': true, 'aria-describedby': `${id}-fault`, dir: 'auto', ...attributes,
      oninput() {
        save();
        if (faults[field].textContent) check(field);
      },
      // Not as soon as a field is left: a fault that appears would move the button away from under the click.
    }, tag === 'select' && choices.map(({ key, title }) => h('option', { value: key }, title)));
    control.value = values[field] ?? '';
    faults[field] = h('p', { id: `${id}-fault`, class: 'fault' });
    return [h('label', { for: id }, t(`field_${field}`)), control, faults[field]];
  });

  // The one under way, perhaps since before a reload.
  let sending = client.outbox.has('ticket')?.frame.client_id;
  const watch = () => (refused[sending] = ({ fields = {} }) => {
    refresh();
    for (const field in controls) if (fields[field]) tell(field, fields[field]);
    focus();
  });
  if (sending) watch();
  const onsubmit = (event) => {
    event.preventDefault();
    if (client.outbox.get(sending)) return;
    if (Object.keys(FIELDS).filter(check).length) focus();
    else {
      send.focus(); // a field that is switched off loses the focus to nowhere
      sending = client.post('ticket', { values: read() });
      watch();
      refresh();
    }
  };
  const send = h('button.main', null);
  const made = h('form', { novalidate: true, onsubmit }, rows, send);
  const over = h('p.source', null, t('form_over'));

  // Only the newest form can still be sent, and only once.
  const refresh = () => {
    made.hidden = client.state.status === 'closed' || client.log.entries.some(
      (entry) => entry.seq > seq && (entry.kind === 'ticket' || entry.card?.type === 'ticket_form'));
    over.hidden = !made.hidden;
    const waiting = Boolean(client.outbox.get(sending));
    send.textContent = t(waiting ? 'sending' : 'form_send');
    send.setAttribute('aria-disabled', waiting);
    for (const field in controls) controls[field].disabled = waiting;
  };
  return Object.assign([made, over], { refresh });
};
