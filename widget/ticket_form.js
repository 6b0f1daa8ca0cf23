// The ticket form: the server fills in what it knows. What is typed is stored, checked here, and checked by the server.
import { h } from './dom.js';
import { t } from './i18n.js';

const FIELDS = {
  subject: ['input'],
  description: ['textarea', { rows: 4 }],
  email: ['input', { type: 'email', autocomplete: 'email' }],
  priority: ['select'],
};

// What is wrong with a value: 'missing', 'too_short', 'too_long', 'wrong', or undefined. Lengths count characters.
export const fieldError = (field, value, { min = 0, max = Infinity } = {}) => {
  const length = [...value.trim()].length;
  if (!length) return min || field === 'priority' ? 'missing' : undefined;
  if (length > max) return 'too_long';
  if (field === 'email' && !/^[^\s@<>]+@[^\s@<>.]+(?:\.[^\s@<>.]+)+$/.test(value.trim())) return 'wrong';
  return length < min ? 'too_short' : undefined;
};

// In: a card of the type `ticket_form`, the panel's context, the card's entry. Out: the form's elements, and `refresh`.
export const ticketForm = (card, { client, storage, rejections }, { seq }) => {
  const { rules = {}, priorities = [] } = card;
  const choices = [{ key: '', title: t('choose') }, ...priorities];
  const draft = storage.read(true).drafts?.form;
  const values = { ...card.values, ...(draft?.seq === seq && draft.values) };
  const controls = {};
  const errors = {};

  const showError = (field, code) => {
    errors[field].textContent = code ? t(`form_${code}`, rules[field]) : '';
    controls[field].setAttribute('aria-invalid', Boolean(code));
    return code;
  };
  const check = (field) => showError(field, fieldError(field, controls[field].value, rules[field]));
  const read = () => Object.fromEntries(Object.entries(controls).map(([field, { value }]) => [field, value.trim()]));
  const saveDraft = () => storage.write({ drafts: { ...storage.read(true).drafts, form: { seq, values: read() } } }, true);
  const focusInvalid = () => Object.values(controls).find((control) => control.ariaInvalid === 'true')?.focus();

  const rows = Object.entries(FIELDS).map(([field, [tag, attributes]]) => {
    const id = `${field}-${seq}`;
    const control = controls[field] = h(tag, {
      id, 'aria-required': true, 'aria-describedby': `${id}-error`, dir: 'auto', ...attributes,
      oninput() {
        saveDraft();
        if (errors[field].textContent) check(field);
      },
      // No check when a field loses the focus: the error that appears would move the button away from under the click.
    }, tag === 'select' && choices.map(({ key, title }) => h('option', { value: key }, title)));
    control.value = values[field] ?? '';
    errors[field] = h('p', { id: `${id}-error`, class: 'field-error' });
    return [h('label', { for: id }, t(`field_${field}`)), control, errors[field]];
  });

  // The ticket that is being sent, perhaps since before a reload.
  let sentId = client.outbox.find('ticket')?.frame.client_id;
  const watch = () => (rejections[sentId] = ({ fields = {} }) => {
    refresh();
    for (const field in controls) if (fields[field]) showError(field, fields[field]);
    focusInvalid();
  });
  if (sentId) watch();
  const onsubmit = (event) => {
    event.preventDefault();
    if (client.outbox.get(sentId)) return;
    if (Object.keys(FIELDS).filter(check).length) focusInvalid();
    else {
      submit.focus(); // a field that is disabled would lose the focus to nowhere
      sentId = client.send('ticket', { values: read() });
      watch();
      refresh();
    }
  };
  const submit = h('button.primary', null);
  const form = h('form', { novalidate: true, onsubmit }, rows, submit);
  const inactive = h('p.source', null, t('form_over'));

  // Only the newest form can be sent, and only once.
  const refresh = () => {
    form.hidden = client.state.status === 'closed' || client.log.entries.some(
      (entry) => entry.seq > seq && (entry.kind === 'ticket' || entry.card?.type === 'ticket_form'));
    inactive.hidden = !form.hidden;
    const sending = Boolean(client.outbox.get(sentId));
    submit.textContent = t(sending ? 'sending' : 'form_send');
    submit.setAttribute('aria-disabled', sending);
    for (const field in controls) controls[field].disabled = sending;
  };
  return Object.assign([form, inactive], { refresh });
};
