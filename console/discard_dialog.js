// Before something ends a conversation for the agent: what they have begun to write is not lost without a question.
import { h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { dialog } from './dialog.js';

// `texts` are what is not sent yet, `go()` does it. The cursor stands where nothing is lost.
export const asked = (texts, { title, about, submit, go }) => {
  if (!texts.length) {
    go();
    return;
  }
  const made = dialog({
    title, about, submit, danger: true, wrong: () => '',
    body: [h('p', null, t('unsent_sure')), texts.map((text) => h('blockquote.unsent', { dir: 'auto' }, text))],
    run: () => { setTimeout(go); },
  });
  made.querySelector('footer button[type=button]').focus();
};

// What of a conversation is not sent, as texts.
export const textsOf = ({ say, note, files }) => (
  [say, note && `${t('note')}: ${note}`, ...files.map(({ name }) => name)].filter(Boolean)
);
