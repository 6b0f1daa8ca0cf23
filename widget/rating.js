// What takes the composer's place when the conversation is closed: the rating form, the transcript, a new conversation.
import { button, h, screenReaderOnly } from './dom.js';
import { t } from './i18n.js';

const SCORES = [1, 2, 3, 4, 5];

export class Rating {
  constructor({ client, transcript }) {
    this.client = client;
    const star = (n) => h(
      'label', null, h('input', { type: 'radio', name: 'score', value: n }), screenReaderOnly(t('score', { n })),
    );
    const choice = (value, text) => h('label.button', null, h('input', { type: 'radio', name: 'solved', value }), text);
    const comment = h('textarea', { id: 'comment', rows: 2, maxlength: 1000, dir: 'auto' });
    const error = h('p.field-error', { role: 'alert' });
    const onsubmit = (event) => {
      event.preventDefault();
      const values = new FormData(event.target);
      const score = Number(values.get('score'));
      const solved = values.has('solved') ? Boolean(values.get('solved')) : undefined;
      error.textContent = score ? '' : t('rate_missing');
      if (score) client.send('rate', { score, solved, comment: comment.value.trim() || undefined });
    };
    const oninput = () => { error.textContent = ''; };
    this.form = h('form', { onsubmit, oninput },
      h('fieldset', null, h('legend', null, t('solved')),
        h('div.row', null, choice('yes', t('solved_yes')), choice('', t('solved_no')))),
      h('fieldset', null, h('legend', null, t('rate')), h('div.stars.row', null, SCORES.map(star))), error,
      h('label', { for: 'comment' }, t('comment')), comment, h('button.primary', null, t('rate_send')));
    this.thanks = h('p', { role: 'status' });
    this.element = h('div.rating', { hidden: true }, this.form, this.thanks, h('div.row', null,
      button(t('new'), () => client.startNew()), button(t('transcript'), transcript, { class: 'quiet' })));
  }

  refresh() {
    const { log, outbox, state } = this.client;
    const isRated = outbox.find('rate') || log.entries.some(({ kind }) => kind === 'rating');
    this.element.hidden = state.status !== 'closed';
    this.form.hidden = isRated;
    this.thanks.textContent = isRated ? t('thanks') : '';
  }
}
