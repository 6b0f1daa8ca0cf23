// One entry of the log, or one that is not sent yet, as an element.
import { card } from './cards.js';
import { h, hidden, prose } from './dom.js';
import { attachment } from './files.js';
import { t, time } from './words.js';

const NEAR = 300000; // ms within which the same speaker is not named again

export const speaker = ({ author, name }) => ({
  visitor: t('you'), bot: t('bot'), agent: name ? t('agent', { name }) : t('agent_nameless'),
}[author] || t('system'));

const stars = ({ score, comment }) => [
  h('p', { class: 'stars' }, h('span', { 'aria-hidden': 'true', text: '★'.repeat(score) + '☆'.repeat(5 - score) }),
    hidden(t('score', { n: score }))),
  comment && prose(comment),
];

const content = (entry, context) => {
  if (entry.kind === 'file' && entry.file) return [attachment(entry.file, context)];
  if (entry.kind === 'rating' && entry.rating) return stars(entry.rating);
  if (entry.kind === 'ticket') return [h('strong', { text: t('ticket_form') }), prose(entry.text)];
  return card(entry, context) || [prose(entry.text)];
};

const shell = (author, who, near, parts, foot, attributes) => h(
  'div', { class: `entry ${author}${near ? ' near' : ''}`, ...attributes },
  h('p', { class: 'who' }, who), h('div', { class: 'bubble' }, parts), foot,
);

// `before` is the entry above it, if there is one.
export const show = (entry, before, context) => {
  const at = new Date(entry.at);
  const clock = h('time', { datetime: entry.at, text: time(at) });
  if (entry.kind === 'event' || !['visitor', 'bot', 'agent'].includes(entry.author)) {
    return h('div', { class: 'entry event', lang: entry.lang }, hidden(`${t('system')}: `), prose(entry.text), clock);
  }
  const near = before && before.author === entry.author && before.name === entry.name && before.kind !== 'event'
    && at - new Date(before.at) < NEAR;
  const parts = content(entry, context);
  const made = shell(entry.author, [h('b', { text: speaker(entry) }), ' ', clock], near, parts, null, { lang: entry.lang });
  made.classList.toggle('rich', Boolean(entry.card && parts.length > 1));
  made.refresh = parts.refresh;
  return made;
};

// A message that is still to send. The form and the rating tell of themselves where they are.
export const showUnsent = ({ frame, wait }, { client }) => {
  const word = wait || (client.link === 'online' ? 'sending' : 'unsent');
  const foot = word === 'sending' ? h('p', { class: 'foot', text: t('sending') })
    : h('button', { type: 'button', class: 'foot failed', text: t(word), on: { click: () => client.retry() } });
  return shell('visitor', [h('b', { text: t('you') })], false, [prose(frame.text)], foot, { 'data-id': frame.client_id });
};
