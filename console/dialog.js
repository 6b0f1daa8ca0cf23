// What is asked before something is done: where to, why, with which words. Done wrong, it says so where it was asked.
import { button, h, iconButton } from '/widget/dom.js';
import { t } from '/widget/i18n.js';

let count = 0;

// A field with its name; `control` may be an input, a select or a textarea.
export const field = (label, control, hint) => {
  const id = `f${count += 1}`;
  control.id = id;
  control.autocomplete = 'off'; // what was typed for one customer is offered for no other
  const fault = h('p', { class: 'fault', id: `${id}-fault` });
  control.setAttribute('aria-describedby', fault.id);
  const made = h('div.field', null, h('label', { for: id }, label), control, hint && h('p.hint', null, hint), fault);
  return Object.assign(made, {
    tell(text) {
      fault.textContent = text || '';
      control.setAttribute('aria-invalid', Boolean(text));
    },
  });
};

const option = (name, { key, title, more }, chosen) => h('label', null,
  h('input', { type: 'radio', name, value: key, checked: key === chosen }),
  h('span', null, title, more && h('small', null, more)));

// One of `options` ({key, title, more}); `chosen` is the key to begin with.
export const choice = (name, options, chosen = options[0]?.key) => h('div.choices', null,
  options.map((each) => option(name, each, chosen)));

const FIELDS = 'textarea, input:not([type=radio], [type=checkbox])';

// `about` says whose case it is. `run(values)` does it; the dialog closes when it is done, and stays when it is not, with
// what `wrong(error)` says. Escape throws nothing away that was typed.
export const dialog = ({ title, about, body, submit, danger, wide, run, wrong }) => {
  const id = `f${count += 1}`;
  const trouble = h('p.fault', { role: 'alert' });
  const go = submit && h(danger ? 'button.main.danger' : 'button.main', { type: 'submit' }, submit);
  const form = h(submit ? 'form' : 'div', submit && {
    novalidate: true, onsubmit: async (event) => {
      event.preventDefault();
      if (go.ariaDisabled === 'true') return;
      go.ariaDisabled = 'true';
      trouble.textContent = '';
      try {
        await run(Object.fromEntries(new FormData(form)));
        made.close();
      } catch (error) {
        trouble.textContent = wrong(error);
      }
      go.ariaDisabled = 'false';
    },
  }, h('header', null, h('h2', { id }, title, about && [' ', h('small', null, h('bdi', null, about))]),
    iconButton('close', t('close_dialog'), () => made.close())),
  h('div.body', null, body, trouble),
  submit && h('footer', null, button(t('cancel'), () => made.close()), go));
  const made = h(wide ? 'dialog.wide' : 'dialog', {
    'aria-labelledby': id, onkeydown: (event) => {
      if (event.key !== 'Escape' || written() === before) return;
      event.preventDefault();
      trouble.textContent = t('typed_kept');
    }, onclose: () => {
      made.remove();
      // What had the focus before may be gone by what was done.
      if (document.activeElement === document.body) document.querySelector('main h2')?.focus();
    },
  }, form);
  const written = () => [...made.querySelectorAll(FIELDS)].map(({ value }) => value).join('\n');
  const before = written();
  document.body.append(made);
  made.showModal();
  made.querySelector('.body :is(:checked, :is(input, select, textarea):not([type=radio]))')?.focus();
  return made;
};
