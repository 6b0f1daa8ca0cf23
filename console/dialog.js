// A modal dialog with a form, and the fields for it. An error is shown in the dialog, which stays open.
import { button, h, iconButton } from '/widget/dom.js';
import { t } from '/widget/i18n.js';

let count = 0; // for ids

// A field with its label. `control`: an input, a select or a textarea. Call showError(text) on the result; '' removes it.
export const field = (label, control, hint) => {
  const id = `f${count += 1}`;
  control.id = id;
  control.autocomplete = 'off'; // what was typed for one customer must not be offered for another
  const error = h('p', { class: 'field-error', id: `${id}-error` });
  control.setAttribute('aria-describedby', error.id);
  const element = h('div.field', null, h('label', { for: id }, label), control, hint && h('p.hint', null, hint), error);
  return Object.assign(element, {
    showError(text) {
      error.textContent = text || '';
      control.setAttribute('aria-invalid', Boolean(text));
    },
  });
};

// Radio buttons for `options` ({key, title, more?}); `selected` is a key.
export const radioGroup = (name, options, selected = options[0]?.key) => h('div.options', null,
  options.map(({ key, title, more }) => h('label', null,
    h('input', { type: 'radio', name, value: key, checked: key === selected }),
    h('span', null, title, more && h('small', null, more)))));

const TEXT_FIELDS = 'textarea, input:not([type=radio], [type=checkbox])';

// Opens a dialog and returns its element. `about`: whose case it is about. `submit`: the label of the button; without it
// there is no form. `run(values)` does what the dialog is for: then the dialog closes. When `run` throws, the dialog shows
// errorText(error). Escape does not close a dialog in which something was typed.
export const openDialog = ({ title, about, body, submit, danger, wide, run, errorText }) => {
  const id = `f${count += 1}`;
  const problem = h('p.field-error', { role: 'alert' });
  const submitButton = submit && h(danger ? 'button.primary.danger' : 'button.primary', { type: 'submit' }, submit);
  const form = h(submit ? 'form' : 'div', submit && {
    novalidate: true, onsubmit: async (event) => {
      event.preventDefault();
      if (submitButton.ariaDisabled === 'true') return;
      submitButton.ariaDisabled = 'true';
      problem.textContent = '';
      try {
        await run(Object.fromEntries(new FormData(form)));
        dialog.close();
      } catch (error) {
        problem.textContent = errorText(error);
      }
      submitButton.ariaDisabled = 'false';
    },
  }, h('header', null, h('h2', { id }, title, about && [' ', h('small', null, h('bdi', null, about))]),
    iconButton('close', t('close_dialog'), () => dialog.close())),
  h('div.body', null, body, problem),
  submit && h('footer', null, button(t('cancel'), () => dialog.close()), submitButton));
  const dialog = h(wide ? 'dialog.wide' : 'dialog', {
    'aria-labelledby': id, onkeydown: (event) => {
      if (event.key !== 'Escape' || typedText() === initialText) return;
      event.preventDefault();
      problem.textContent = t('typed_kept');
    }, onclose: () => {
      dialog.remove();
      // The element that had the focus before may be gone.
      if (document.activeElement === document.body) document.querySelector('main h2')?.focus();
    },
  }, form);
  const typedText = () => [...dialog.querySelectorAll(TEXT_FIELDS)].map(({ value }) => value).join('\n');
  const initialText = typedText();
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector('.body :is(:checked, :is(input, select, textarea):not([type=radio]))')?.focus();
  return dialog;
};
