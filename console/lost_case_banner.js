// Shown over an unsent answer when the agent has lost the case: what happened to the case, and the answer to copy or to
// discard. Nothing of the answer is sent or noted.
import { button, h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { describeStep } from './case_steps.js';

const KINDS = ['assigned', 'transferred', 'returned', 'ticketed', 'closed'];

// What took the case away: the last step that an agent did, or the last event of the log when that is newer (the visitor
// left, a timeout).
const lossReason = ({ log, notes, status }, client) => {
  const step = notes.filter(({ kind }) => KINDS.includes(kind)).at(-1);
  const event = log.entries.filter(({ kind }) => kind === 'event').at(-1);
  const isOver = ['bot', 'closed'].includes(status) && event && !(step && new Date(step.at) >= new Date(event.at));
  return isOver ? event.text : step && `${describeStep(step, client)}.`;
};

export class LostCaseBanner {
  constructor({ client, onCopy, onDiscard }) {
    this.client = client;
    this.text = h('p');
    this.buttons = h('div.line', null, button(t('copy'), onCopy, { class: 'soft' }),
      button(t('discard'), onDiscard, { class: 'soft' }));
    this.element = h('div.lost-case', { role: 'alert', hidden: true }, this.text, this.buttons);
  }

  // `conversation`: null hides the banner. `hasUnsentAnswer`: there is a text or a file.
  show(conversation, hasUnsentAnswer) {
    this.element.hidden = !conversation;
    this.buttons.hidden = !hasUnsentAnswer;
    const parts = conversation
      ? [t('lost'), lossReason(conversation, this.client), hasUnsentAnswer && t('lost_kept')] : [];
    const text = parts.filter(Boolean).join(' ');
    if (this.text.textContent !== text) this.text.textContent = text;
  }
}
