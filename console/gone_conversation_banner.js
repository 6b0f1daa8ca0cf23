// What the agent had begun to write in a conversation that can't be shown any more: to read, to copy, to throw away.
import { button, h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { didWords } from './entries.js';

export class Kept {
  // `drafts()` gives those of who is signed in.
  constructor({ changed, desk, say }, drafts) {
    Object.assign(this, { desk, drafts });
    this.words = h('p', { role: 'alert' });
    this.text = h('textarea', { readonly: true, rows: 5, dir: 'auto', 'aria-label': t('drafts') });
    this.tools = h('div.line', null, button(t('copy'), () => {
      this.text.select();
      if (document.execCommand('copy')) say(t('copied'));
    }, { class: 'soft' }), button(t('discard'), () => {
      this.drafts().drop(this.conversation);
      this.show(null);
      changed();
    }, { class: 'soft' }));
    this.element = h('div.kept-draft', { hidden: true }, this.words, this.text, this.tools);
  }

  // `gone`: {conversation, code, note}, `null` for nothing.
  show(gone) {
    this.element.hidden = !gone;
    if (!gone) return;
    const { conversation, code, note } = gone;
    const draft = this.drafts().of(conversation);
    this.conversation = conversation;
    this.text.value = [draft.say, draft.note].filter(Boolean).join('\n\n');
    this.text.hidden = this.tools.hidden = !this.text.value;
    const why = code === 'unknown' ? t('gone_erased') : t('gone_scope');
    const did = note && `${didWords(note, this.desk)}.`;
    this.words.textContent = [did, why, this.text.value && t('lost_kept')].filter(Boolean).join(' ');
  }
}
