// One entry of the log, or one that is not sent yet, as an element.
import { renderCard } from './cards.js';
import { button, h, screenReaderOnly, linkedText, iconButton } from './dom.js';
import { attachment } from './attachments.js';
import { t, formatTime } from './i18n.js';

const GROUP_WITHIN = 300000; // ms within which the same speaker is not named again

export const speakerName = ({ author, name = '' }) => t(author, { name });

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

// What the gateway answers has a client_id; only that can be told to be no help. Pressed again, it is taken back.
const unhelpfulButton = (entry, client) => entry.author === 'bot' && entry.client_id && iconButton('down', t('unhelpful'), (event) => {
  const on = !entry.bad;
  if (!client.whisper('unhelpful', { seq: entry.seq, on })) return;
  entry.bad = on;
  event.currentTarget.ariaPressed = on;
}, { class: 'sign down', 'aria-pressed': `${!!entry.bad}` });

const bubbleElement = (author, className, who, parts, attributes) => h(
  'div', { class: `entry ${author} ${className}`, ...attributes },
  h('p.who', null, who), h('div.bubble', null, parts),
);

// `before` is the entry above it, if there is one.
export const entryElement = (entry, before, context) => {
  const { author, kind, name, lang, text, ticket } = entry;
  const at = new Date(entry.at);
  const clock = h('time', { datetime: entry.at }, formatTime(at));
  if (kind === 'event' || !['visitor', 'bot', 'agent', 'system'].includes(author)) {
    return h('div.entry.event', { lang }, screenReaderOnly(t('system')), linkedText(text), clock);
  }
  const near = before?.author === author && before.name === name && before.ticket === ticket && before.kind !== 'event'
    && at - new Date(before.at) < GROUP_WITHIN;
  const parts = content(entry, context);
  const className = `${near ? 'near' : ''} ${entry.card ? 'rich' : ''}`;
  const who = [h('b', null, speakerName(entry)), ` ${ticket || ''} `, clock];
  const made = bubbleElement(author, className, who, [parts, unhelpfulButton(entry, context.client)], { lang });
  made.refresh = parts.refresh;
  return made;
};

// A message or file that is still to send. Forms tell of themselves where they are.
export const unsentElement = (item, { client }) => {
  const { frame, wait, file } = item;
  const sending = !wait && client.link === 'online';
  if (file) item.bar = h('progress', { max: file.size, value: 0, 'aria-label': file.name });
  const parts = [linkedText(frame.text), sending && item.bar];
  const made = bubbleElement('visitor', '', h('b', null, t('visitor')), parts, { 'data-id': frame.client_id });
  made.append(sending ? h('p.foot', null, t('sending'))
    : button(t(wait ? 'waits' : 'unsent'), () => client.retry(), { class: 'foot quiet' }));
  return made;
};
