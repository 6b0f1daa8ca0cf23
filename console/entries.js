// What happened in a conversation, piece by piece: what was said, what agents noted, what is still on its way.
import { button, h, screenReaderOnly, linkedText } from '/widget/dom.js';
import { t, formatTime } from '/widget/i18n.js';
import { attachment } from './attachments.js';
import { icon } from './icons.js';

const NEAR = 300000; // ms within which the same speaker is not named again
const LONG = 420; // characters of an answer of the bot that agents rather skim
// The reasons that the house gives when it takes a case back.
const HOUSE = { away: 'did_away', silence: 'did_silence' };
const STEPS = ['taken', 'assigned', 'transferred', 'returned', 'ticketed', 'closed', 'warned', 'late', 'escalated',
  'restore_warned', 'restore_late', 'told_manager'];

const clock = (at) => h('time', { datetime: at }, formatTime(new Date(at)));

const folded = (text) => {
  const shown = linkedText(text, 'folded');
  const more = button(t('show_all'), () => {
    const open = shown.classList.toggle('folded');
    more.textContent = t(open ? 'show_all' : 'show_less');
    more.setAttribute('aria-expanded', !open);
  }, { class: 'quiet', 'aria-expanded': 'false' });
  return [shown, more];
};

const content = ({ author, kind, file, rating, text = '', values }, chat) => {
  if (kind === 'file' && file) return [attachment(file, chat.id)];
  if (kind === 'rating' && rating) {
    const { score, comment } = rating;
    return [h('p', { 'aria-hidden': 'true' }, '★'.repeat(score)), screenReaderOnly(t('score', { n: score })), linkedText(comment)];
  }
  if (kind === 'ticket' && values) {
    return [h('dl', null, Object.entries(values).map(([field, value]) => [h('dt', null, t(`field_${field}`)),
      h('dd', { dir: 'auto' }, value)]))];
  }
  return author === 'bot' && text.length > LONG ? folded(text) : [linkedText(text)];
};

export const speaker = (entry, context) => {
  if (entry.author === 'visitor') return context.visitor;
  return entry.author === 'bot' ? t('by_bot') : entry.name || t('by_agent');
};

const bubble = (look, who, parts, attributes) => h('div', { class: `entry ${look}`, ...attributes },
  h('p.by', null, who), h('div.bubble', null, parts));

// A thin line: something happened.
const event = (text, at, look = '') => h('div', { class: `entry event ${look}` },
  h('p', { dir: 'auto' }, text), clock(at));

const stepKey = ({ agent, body, kind }, to) => {
  if (!STEPS.includes(kind)) return 'did_other';
  if (kind === 'told_manager') return body.told ? 'did_told_manager' : 'did_told_nobody';
  if (kind === 'transferred' && body.house) return HOUSE[body.reason] || 'did_released';
  if (kind === 'transferred' && !to) return 'did_released';
  if (kind === 'assigned' && body.from) return body.to === agent ? 'did_took_over' : 'did_reassigned';
  return `did_${kind}`;
};

// What a note of a step says.
export const didWords = ({ kind, agent, body }, { team }) => {
  const name = (id) => team.find((each) => each.id === id)?.name || id || t('somebody');
  const to = body.to ? name(body.to) : body.tier && t('tier', { n: body.tier });
  const key = stepKey({ agent, body, kind }, to);
  const reason = kind === 'closed' ? t(`reason_${body.reason}`) : !Object.values(HOUSE).includes(key) && body.reason;
  return [t(key, { agent: name(agent), from: body.from && name(body.from), to, tier: body.tier, kind }), reason]
    .filter(Boolean).join(' – ');
};

const noteOf = (note, context) => {
  if (note.kind !== 'note') return event(didWords(note, context), note.at, 'step');
  const who = [icon('note'), h('b', null, t('note')), ' · ', note.body.name, ' ', clock(note.at)];
  return bubble('note', who, [linkedText(note.body.text)]);
};

const entryOf = (entry, before, chat, context) => {
  const { author, kind, name, lang, text } = entry;
  if (kind === 'event' || author === 'system') return event(text, entry.at);
  const above = before?.entry;
  const near = above?.author === author && above.name === name && above.kind !== 'event'
    && new Date(entry.at) - new Date(above.at) < NEAR;
  const who = [h('b', null, speaker(entry, context)), ' ', clock(entry.at)];
  return bubble(`${author} ${near ? 'near' : ''}`, who, content(entry, chat), { lang });
};

// `item` is one of `chat.story`, `before` the one above it.
export const storyItem = (item, before, chat, context) => ({
  key: item.key, look: `${before?.key} ${context.visitor}`,
  make: () => (item.note ? noteOf(item.note, context) : entryOf(item.entry, before, chat, context)),
});

// Something of the agent's that is not stored yet.
export const pendingItem = (item, online, retry) => {
  const { frame, file, sent } = item;
  const text = file ? file.name : frame.text;
  const state = online || sent ? t('sending') : t('unsent');
  const make = () => {
    if (file) item.bar = h('progress', { max: file.size, value: 0, 'aria-label': file.name });
    const note = frame.type === 'note';
    const made = bubble(note ? 'note' : 'agent', h('b', null, t(note ? 'note' : 'you')), [linkedText(text), item.bar]);
    made.append(online ? h('p.foot', null, state) : button(state, retry, { class: 'quiet foot' }));
    return made;
  };
  return { key: frame.client_id, look: state, make };
};
