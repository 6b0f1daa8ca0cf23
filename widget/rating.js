// The end of a conversation: five stars and a comment, the transcript, a new beginning.
import { button, h, screenReaderOnly } from './dom.js';
import { t } from './i18n.js';

export class Rating {
  constructor({ client, transcript }) {
    this.client = client;
    const star = (n) => h(
      'label', null, h('input', { type: 'radio', name: 'score', value: n }), screenReaderOnly(t('score', { n })),
    );
    const answer = (value, word) => h('label.b', null, h('input', { type: 'radio', name: 'solved', value }), word);
    const comment = h('textarea', { id: 'comment', rows: 2, maxlength: 1000, dir: 'auto' });
    const missing = h('p.fault', { role: 'alert' });
    const onsubmit = (event) => {
      event.preventDefault();
      const chosen = new FormData(event.target);
      const score = Number(chosen.get('score'));
      const solved = chosen.has('solved') ? Boolean(chosen.get('solved')) : undefined;
      missing.textContent = score ? '' : t('rate_missing');
      if (score) client.post('rate', { score, solved, comment: comment.value.trim() || undefined });
    };
    const oninput = () => { missing.textContent = ''; };
    this.form = h('form', { onsubmit, oninput },
      h('fieldset', null, h('legend', null, t('solved')),
        h('div.row', null, answer('yes', t('solved_yes')), answer('', t('solved_no')))),
      h('fieldset', null, h('legend', null, t('rate')), h('div.stars.row', null, [1, 2, 3, 4, 5].map(star))), missing,
      h('label', { for: 'comment' }, t('comment')), comment, h('button.main', null, t('rate_send')));
    this.thanks = h('p', { role: 'status' });
    this.element = h('div.ended', { hidden: true }, this.form, this.thanks, h('div.row', null,
      button(t('new'), () => client.anew()), button(t('transcript'), transcript, { class: 'quiet' })));
  }

  refresh() {
    const { log, outbox, state } = this.client;
    const rated = outbox.has('rate') || log.entries.some(({ kind }) => kind === 'rating');
    this.element.hidden = state.status !== 'closed';
    this.form.hidden = rated;
    this.thanks.textContent = rated ? t('thanks') : '';
  }
}
