// The end of a conversation: five stars and a comment, the transcript, a new beginning.
import { button, h, hidden } from './dom.js';
import { t } from './words.js';

export class Rating {
  constructor({ client, transcript }) {
    this.client = client;
    this.thanks = h('p', { class: 'prose', role: 'status' });
    this.star = [1, 2, 3, 4, 5].map((n) => h('label', { class: 'star' },
      h('input', { type: 'radio', name: 'score', value: n, on: { change: () => this.paint(n) } }),
      h('span', { 'aria-hidden': 'true', text: '★' }), hidden(t('score', { n }))));
    this.comment = h('textarea', { id: 'comment', rows: 2, maxlength: 1000, dir: 'auto' });
    this.fault = h('p', { class: 'fault', role: 'alert' });
    this.form = h('form', { on: { submit: (event) => this.send(event) } },
      h('fieldset', {}, h('legend', { text: t('rate') }), h('div', { class: 'stars' }, this.star)), this.fault,
      h('label', { for: 'comment', text: t('comment') }), this.comment,
      h('button', { class: 'main', text: t('rate_send') }));
    this.element = h('div', { class: 'ended', hidden: true }, h('h3', { text: t('ended') }), this.form, this.thanks,
      h('div', { class: 'row' }, button(t('new'), () => client.anew(), { class: 'main' }),
        button(t('transcript'), transcript, { class: 'quiet' })));
  }

  paint(score) {
    this.star.forEach((label, i) => label.classList.toggle('lit', i < score));
    this.fault.textContent = '';
  }

  send(event) {
    event.preventDefault();
    const score = this.star.findIndex((label) => label.firstChild.checked) + 1;
    if (!score) {
      this.fault.textContent = t('rate_missing');
      this.star[0].firstChild.focus();
      return;
    }
    this.client.post('rate', { score, comment: this.comment.value.trim() || undefined });
    this.refresh();
  }

  refresh() {
    const { log, outbox, state } = this.client;
    const kept = outbox.items.some(({ frame }) => frame.type === 'rate');
    const rated = kept || log.entries.some(({ kind }) => kind === 'rating');
    this.element.hidden = state.status !== 'closed';
    this.form.hidden = rated;
    this.thanks.textContent = rated ? t('thanks') : '';
  }
}
