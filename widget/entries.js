// Shows one entry of the log, or one message that is not sent yet.
import { attachment } from './attachments.js';
import { renderCard } from './cards.js';
import { button, h, iconButton, linkedText, screenReaderOnly } from './dom.js';
import { formatTime, t } from './i18n.js';

const GROUP_WITHIN = 300000; // ms within which the same author is not named again

export const authorName = ({ author, name = '' }) => t(author, { name });

const content = (entry, context) => {
  const { kind, file, rating, text } = entry;
  if (kind === 'file' && file) return [attachment(file, context)];
  if (kind === 'rating' && rating) {
    const { score, comment, solved } = rating;
    return [h('p', { 'aria-hidden': 'true' }, '★'.repeat(score)), screenReaderOnly(t('score', { n: score })),
      solved != null && h('p', null, t('solved'), ' ', t(solved ? 'solved_yes' : 'solved_no')), linkedText(comment)];
  }
  return renderCard(entry, context) || [linkedText(text)];
};

// "This didn't help", for the bot's answers: these have a client_id. A second press takes it back.
const unhelpfulButton = (entry, client) => entry.author === 'bot' && entry.client_id
  && iconButton('down', t('unhelpful'), (event) => {
    const on = !entry.isUnhelpful;
    if (!client.sendIfOnline('unhelpful', { seq: entry.seq, on })) return;
    entry.isUnhelpful = on;
    event.currentTarget.ariaPressed = on;
  }, { class: 'icon-button unhelpful', 'aria-pressed': `${!!entry.isUnhelpful}` });

const bubble = (author, className, byline, parts, attributes) => h(
  'div', { class: `entry ${author} ${className}`, ...attributes },
  h('p.byline', null, byline), h('div.bubble', null, parts),
);

// The element of `entry`; `previous` is the entry above, if there is one. Call `refresh` on it when the state changes.
export const entryElement = (entry, previous, context) => {
  const { author, kind, name, lang, text, ticket } = entry;
  const at = new Date(entry.at);
  const time = h('time', { datetime: entry.at }, formatTime(at));
  if (kind === 'event' || !['visitor', 'bot', 'agent', 'system'].includes(author)) {
    return h('div.entry.event', { lang }, screenReaderOnly(t('system')), linkedText(text), time);
  }
  const isGrouped = previous?.author === author && previous.name === name && previous.ticket === ticket
    && previous.kind !== 'event' && at - new Date(previous.at) < GROUP_WITHIN;
  const parts = content(entry, context);
  const className = `${isGrouped ? 'grouped' : ''} ${entry.card ? 'full-width' : ''}`;
  const byline = [h('b', null, authorName(entry)), ` ${ticket || ''} `, time];
  const element = bubble(author, className, byline, [parts, unhelpfulButton(entry, context.client)], { lang });
  element.refresh = parts.refresh;
  return element;
};

// The element of an outbox item: a message or a file. Forms show by themselves that they are being sent.
export const unsentElement = (item, { client }) => {
  const { frame, retryTimer, file } = item;
  const sending = !retryTimer && client.isOnline;
  if (file) item.bar = h('progress', { max: file.size, value: 0, 'aria-label': file.name });
  const parts = [linkedText(frame.text), sending && item.bar];
  const element = bubble('visitor', '', h('b', null, t('visitor')), parts, { 'data-id': frame.client_id });
  element.append(sending ? h('p.footnote', null, t('sending'))
    : button(t(retryTimer ? 'waits' : 'unsent'), () => client.retry(), { class: 'footnote quiet' }));
  return element;
};
