// An answer that was begun in a case that is the agent's no more: what became of the case, and the text to copy or to
// throw away. Nothing of it is sent or noted by itself.
import { button, h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { didWords } from './entries.js';

const STEPS = ['assigned', 'transferred', 'returned', 'ticketed', 'closed'];

// Who did it, as the notes tell; where nobody did (the visitor left, a clock ran out), the event that the log tells.
const causeOf = ({ log, notes, status }, desk) => {
  const step = notes.filter(({ kind }) => STEPS.includes(kind)).at(-1);
  const event = log.entries.filter(({ kind }) => kind === 'event').at(-1);
  const isOver = ['bot', 'closed'].includes(status) && event && !(step && new Date(step.at) >= new Date(event.at));
  return isOver ? event.text : step && `${didWords(step, desk)}.`;
};

export class Loss {
  constructor({ desk, copy, discard }) {
    this.desk = desk;
    this.words = h('p');
    this.tools = h('div.line', null, button(t('copy'), copy, { class: 'soft' }),
      button(t('discard'), discard, { class: 'soft' }));
    this.element = h('div.loss', { role: 'alert', hidden: true }, this.words, this.tools);
  }

  // `chat` is null where nothing was lost; `kept`: something was begun.
  show(chat, kept) {
    this.element.hidden = !chat;
    this.tools.hidden = !kept;
    const words = chat ? [t('lost'), causeOf(chat, this.desk), kept && t('lost_kept')].filter(Boolean).join(' ') : '';
    if (this.words.textContent !== words) this.words.textContent = words;
  }
}
