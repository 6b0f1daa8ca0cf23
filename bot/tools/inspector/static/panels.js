// The parts of a turn: how it was understood, what was decided, what that changed.
import { make, percent } from './dom.js';

// Stages that take less are not shown, in ms.
const LEAST = 0.1;
// Rows of the facts beyond these are folded.
const MOST = 8;

const panel = (title, ...content) => make('section', { class: 'panel' }, make('h3', {}, title), content);
export const none = (text) => make('p', { class: 'none' }, text);
const code = (text) => make('code', {}, text);
const chips = (texts) => make('ul', { class: 'chips' }, texts.map((text) => make('li', {}, code(text))));

const bar = (share) => make('meter', { min: 0, max: 1, value: share, 'aria-hidden': 'true' });

// Rows of (label, share of the bar, figure, more text).
const bars = (name, rows) => make('table', { class: 'bars', 'aria-label': name }, make('tbody', {}, rows.map(
  ([label, share, figure]) => make('tr', {},
    make('th', { scope: 'row' }, label), make('td', {}, bar(share)), make('td', { class: 'figure' }, figure),
  ))));

const pairs = (entries) => make('dl', {}, entries.map(
  ([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value || 'yes'))));

const ranking = ({ ranking: ranked, nearest }) => panel('Ranking', ranked.length
  ? bars('Ranking', ranked.map(([intent, share]) => [code(intent), share, percent(share)]))
  : none('Nothing was classified: a button or a form says what it means.'), nearest.length > 0 && [
  make('h4', {}, 'Why: the nearest training lines'),
  make('ul', { class: 'nearest' }, nearest.map(([line, intent, similarity]) => make('li', {},
    make('q', {}, line), ' ', code(intent), ' ', make('span', { class: 'figure' }, similarity.toFixed(2))))),
]);

const question = ({ question: read, entities }) => panel('Question',
  Object.keys(read).length ? pairs(Object.entries(read)) : none('No question was read.'),
  make('h4', {}, 'Entities'),
  entities.length ? chips(entities.map(([kind, value]) => `${kind}: ${value}`)) : none('None.'));

const decision = ({ action, answered, route, field, language }, transitions, effects) => panel('Decision', pairs([
  ['answered', answered ? code(answered) : 'a form’s question, or nobody'],
  ['by', action ? code(action) : 'the gateway alone, without Rasa'],
  ...(language ? [['language', language]] : []),
  ...(route ? [['hand-off to', code(route)]] : []),
  ...(field ? [['asks for', code(field)]] : []),
]), steps(transitions, effects));

export const steps = (transitions, effects) => [
  ...(effects.length ? [make('h4', {}, 'Effects'), chips(effects)] : []),
  make('h4', {}, 'Events'),
  transitions.length ? make('ul', { class: 'steps' }, transitions.map(({ before, event, after }) => make('li', {},
    code(before), ' → ', make('b', {}, event), ' → ', code(after)))) : none('The status stayed as it was.'),
];

const sources = ({ facts, responses }) => panel('Facts and words',
  make('h4', {}, 'Facts'), facts.length ? chips(facts.slice(0, MOST)) : none('No row was read.'),
  facts.length > MOST
    && make('details', {}, make('summary', {}, `${facts.length - MOST} more`), chips(facts.slice(MOST))),
  make('h4', {}, 'Responses'), responses.length ? chips(responses) : none('None.'));

const state = ({ state: fields }) => {
  const changed = fields.filter(([, , before]) => before !== null);
  const rows = (some) => make('tbody', {}, some.map(([name, value, before]) => make('tr', {},
    make('th', { scope: 'row' }, name),
    make('td', {}, before === null ? value || '–'
      : [make('del', {}, before || '–'), ' → ', make('ins', {}, value || '–')]))));
  return panel('State', changed.length ? make('table', { 'aria-label': 'What the turn changed' }, rows(changed))
    : none('Nothing changed.'),
  fields.length > 0 && make('details', {}, make('summary', {}, 'All of it'),
    make('table', { 'aria-label': 'The state after the turn' }, rows(fields))));
};

const timing = ({ ms, stages }) => panel(`Timing: ${ms} ms`, stages.length
  ? bars('Timing by stage', stages.filter(([, took]) => took >= LEAST).map(
    ([name, took]) => [name, ms ? Math.min(1, took / ms) : 0, `${took.toFixed(1)} ms`]))
  : none('No stage was measured.'));

export const said = (lines) => panel('Said', lines.length ? lines.map(({ author, text, event, card, buttons }) => make(
  'div', { class: `line ${author === 'bot' ? 'bot' : ''}` },
  make('p', {}, make('b', {}, author), event && [' ', code(event)], card && [' shows ', code(card)]),
  make('p', { class: 'text', dir: 'auto' }, text),
  buttons.length > 0 && make('ul', { class: 'chips' }, buttons.map(([title, payload]) => make('li', {},
    title, ' ', code(payload))))))
  : none('Nothing.'));

export const panels = (trace, transitions, lines) => [
  ranking(trace), question(trace), decision(trace, transitions, trace.effects), sources(trace), state(trace),
  timing(trace), said(lines),
];
