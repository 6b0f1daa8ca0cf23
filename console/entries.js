// The items of the thread: an entry of the log, a note, a step of the case, or a message that is not sent yet.
import { button, h, linkedText, screenReaderOnly } from '/widget/dom.js';
import { formatTime, t } from '/widget/i18n.js';
import { attachment } from './attachments.js';
import { describeStep } from './case_steps.js';
import { icon } from './icons.js';

const GROUP_WITHIN = 300000; // ms within which the same author is not named again
const FOLD_FROM = 420; // characters of a bot's answer from which it is folded

const timeElement = (at) => h('time', { datetime: at }, formatTime(new Date(at)));

const foldedText = (text) => {
  const shown = linkedText(text, 'folded');
  const more = button(t('show_all'), () => {
    const isFolded = shown.classList.toggle('folded');
    more.textContent = t(isFolded ? 'show_all' : 'show_less');
    more.setAttribute('aria-expanded', !isFolded);
  }, { class: 'quiet', 'aria-expanded': 'false' });
  return [shown, more];
};

const content = ({ author, kind, file, rating, text = '', values }, conversationId) => {
  if (kind === 'file' && file) return [attachment(file, conversationId)];
  if (kind === 'rating' && rating) {
    const { score, comment } = rating;
    return [h('p', { 'aria-hidden': 'true' }, '★'.repeat(score)), screenReaderOnly(t('score', { n: score })),
      linkedText(comment)];
  }
  if (kind === 'ticket' && values) {
    return [h('dl', null, Object.entries(values).map(([field, value]) => [h('dt', null, t(`field_${field}`)),
      h('dd', { dir: 'auto' }, value)]))];
  }
  return author === 'bot' && text.length > FOLD_FROM ? foldedText(text) : [linkedText(text)];
};

const authorName = ({ author, name }, visitorName) => {
  if (author === 'visitor') return visitorName;
  return author === 'bot' ? t('by_bot') : name || t('by_agent');
};

const bubble = (className, byline, parts, attributes) => h('div', { class: `entry ${className}`, ...attributes },
  h('p.byline', null, byline), h('div.bubble', null, parts));

// One line: something happened.
const eventLine = (text, at, className = '') => h('div', { class: `entry event ${className}` },
  h('p', { dir: 'auto' }, text), timeElement(at));

const noteElement = (note, context) => {
  if (note.kind !== 'note') return eventLine(describeStep(note, context), note.at, 'step');
  const byline = [icon('note'), h('b', null, t('note')), ' · ', note.body.name, ' ', timeElement(note.at)];
  return bubble('note', byline, [linkedText(note.body.text)]);
};

const entryElement = (entry, previous, conversationId, context) => {
  const { author, kind, name, lang, text } = entry;
  if (kind === 'event' || author === 'system') return eventLine(text, entry.at);
  const isGrouped = previous?.author === author && previous.name === name && previous.kind !== 'event'
    && new Date(entry.at) - new Date(previous.at) < GROUP_WITHIN;
  const byline = [h('b', null, authorName(entry, context.visitor)), ' ', timeElement(entry.at)];
  return bubble(`${author} ${isGrouped ? 'grouped' : ''}`, byline, content(entry, conversationId), { lang });
};

// A list item (keyed_list.js). `item`, `previous`: of a conversation's timeline. `context`: {team, visitor (the name)}.
export const timelineItem = (item, previous, conversationId, context) => ({
  key: item.key, version: `${previous?.key} ${context.visitor}`,
  render: () => (item.note ? noteElement(item.note, context)
    : entryElement(item.entry, previous?.entry, conversationId, context)),
});

// A list item for an item of the send queue; a click on "not sent" calls retry().
export const unsentItem = (item, isOnline, retry) => {
  const { frame, file, isSent } = item;
  const text = file ? file.name : frame.text;
  const status = isOnline || isSent ? t('sending') : t('unsent');
  const render = () => {
    if (file) item.bar = h('progress', { max: file.size, value: 0, 'aria-label': file.name });
    const isNote = frame.type === 'note';
    const element = bubble(isNote ? 'note' : 'agent', h('b', null, t(isNote ? 'note' : 'you')), [linkedText(text), item.bar]);
    element.append(isOnline ? h('p.footnote', null, status) : button(status, retry, { class: 'quiet footnote' }));
    return element;
  };
  return { key: frame.client_id, version: status, render };
};
