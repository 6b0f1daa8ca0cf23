// Asks before unsent texts and files are discarded.
import { h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { openDialog } from './dialog.js';

// Shows `texts` and calls proceed() when the agent confirms; without texts at once. The focus is on "Cancel".
export const confirmDiscard = (texts, { title, about, proceed }) => {
  if (!texts.length) {
    proceed();
    return;
  }
  const dialog = openDialog({
    title, about, submit: t('unsent_drop'), danger: true, errorText: () => '',
    body: [h('p', null, t('unsent_sure')), texts.map((text) => h('blockquote.unsent', { dir: 'auto' }, text))],
    run: () => { setTimeout(proceed); },
  });
  dialog.querySelector('footer button[type=button]').focus();
};

// In: {say, note, files} of a conversation. Out: texts for the dialog.
export const unsentTexts = ({ say, note, files }) => (
  [say, note && `${t('note')}: ${note}`, ...files.map(({ name }) => name)].filter(Boolean)
);
