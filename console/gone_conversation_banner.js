// Shown in place of a conversation that the agent may no longer see: why, and the unsent texts to copy or to discard.
import { button, h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { describeStep } from './case_steps.js';

export class GoneConversationBanner {
  // `drafts()` returns the drafts of the agent who is signed in.
  constructor({ client, onDraftsChanged, showToast }, drafts) {
    Object.assign(this, { client, drafts });
    this.reason = h('p', { role: 'alert' });
    this.text = h('textarea', { readonly: true, rows: 5, dir: 'auto', 'aria-label': t('drafts') });
    const copy = () => {
      this.text.select();
      if (document.execCommand('copy')) showToast(t('copied'));
    };
    const discard = () => {
      this.drafts().remove(this.conversationId);
      this.show(null);
      onDraftsChanged();
    };
    this.buttons = h('div.line', null, button(t('copy'), copy, { class: 'soft' }),
      button(t('discard'), discard, { class: 'soft' }));
    this.element = h('div.gone-conversation', { hidden: true }, this.reason, this.text, this.buttons);
  }

  // `gone`: {conversation, code, note} of the client's event; null hides the banner.
  show(gone) {
    this.element.hidden = !gone;
    if (!gone) return;
    const { conversation: id, code, note } = gone;
    const draft = this.drafts().get(id);
    this.conversationId = id;
    this.text.value = [draft.say, draft.note].filter(Boolean).join('\n\n');
    this.text.hidden = this.buttons.hidden = !this.text.value;
    const step = note && `${describeStep(note, this.client)}.`;
    const reason = code === 'unknown' ? t('gone_erased') : t('gone_scope');
    this.reason.textContent = [step, reason, this.text.value && t('lost_kept')].filter(Boolean).join(' ');
  }
}
