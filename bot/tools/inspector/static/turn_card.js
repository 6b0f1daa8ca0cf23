// One item of the conversation: a turn, an agent's step, or what happened by itself.
import { find, make, percent } from './dom.js';
import { none, panels, said, steps } from './panels.js';

const NAMES = { visitor: 'Visitor', agent: 'Agent', event: 'Event' };

// `edit(number, change)` plays the conversation again with a change.
export const turnCard = (item, isOpen, edit) => {
  const { number, who, label, step, waits, trace, problems, edited } = item;
  const name = who === 'agent' ? step?.agent || NAMES.agent : NAMES[who];
  const summary = make('summary', {},
    make('span', { class: 'number' }, number), ' ',
    make('span', { class: 'who' }, name), ' ',
    make('span', { class: 'label', dir: 'auto' }, label), ' ',
    make('span', { class: 'gist' }, gist(item).flatMap((part) => [part, ' '])));
  return make('li', { id: `turn-${number}`, value: number, class: who },
    make('details', { open: isOpen }, summary,
      problems.length > 0 && make('ul', { class: 'problem', 'aria-label': 'Not as the scenario says' },
        problems.map((problem) => make('li', {}, problem))),
      edited && comparison(edited),
      waits && none('The bot is answering …'),
      step && !waits && editor(item, edit),
      make('div', { class: 'panels' }, content(item))));
};

const content = ({ who, waits, trace, transitions, says }) => {
  if (trace) return panels(trace, transitions, says);
  if (waits) return [];
  const silent = who === 'visitor' && none('The bot was not asked: people have the conversation.');
  return [make('section', { class: 'panel' }, make('h3', {}, 'Status'), silent, steps(transitions, [])), said(says)];
};

const gist = ({ waits, trace, transitions, problems, edited }) => {
  const chip = (text, kind = '') => make('span', { class: `chip ${kind}` }, text);
  const moved = transitions.filter(({ before, after }) => before !== after);
  return [
    problems.length > 0 && chip('not as expected', 'bad'),
    edited?.length > 0 && chip('changed', 'edited'),
    ...moved.map(({ after }) => chip(`→ ${after}`, 'status')),
    trace?.intent && chip(trace.confidence ? `${trace.intent} ${percent(trace.confidence)}` : trace.intent),
    trace && chip(`${trace.ms} ms`, 'quiet'),
    waits && chip('…', 'quiet'),
  ].filter(Boolean);
};

const comparison = (differences) => (differences.length ? make('section', { class: 'comparison' },
  make('h3', {}, 'What the edit changed'),
  make('table', { 'aria-label': 'What the edit changed' }, make('thead', {}, make('tr', {},
    ...['What', 'Before', 'Now'].map((name) => make('th', { scope: 'col' }, name)))),
  make('tbody', {}, differences.map(([name, before, now]) => make('tr', {}, make('th', { scope: 'row' }, name),
    make('td', {}, before || '–'), make('td', {}, now || '–'))))))
  : none('As before the edit.'));

const editor = ({ number, step }, edit) => {
  const fields = step.form.length
    ? step.form.map(([name, value]) => make('label', {}, name, ' ',
      make('input', { name, value, autocomplete: 'off', dir: 'auto' })))
    : [make('label', {}, step.agent ? 'The agent’s step' : 'The visitor’s words', ' ',
      make('input', { name: 'words', value: step.words, autocomplete: 'off', dir: 'auto' }))];
  return make('form', {
    class: 'edit',
    'aria-label': `Edit turn ${number}`,
    onsubmit(event) {
      event.preventDefault();
      const values = Object.fromEntries(new FormData(event.target));
      edit(number, step.form.length ? { form: values } : values);
    },
  }, fields, make('button', {}, 'Replay with this'), make('button', {
    type: 'button', class: 'quiet', onclick: () => edit(number, {}),
  }, 'Leave it out'));
};

// Shows `items` in the list, the newest first, and opens the newest one, or the `pinned` one. What people opened,
// closed or are editing stays so.
export class Turns {
  constructor(edit) {
    this.list = find('turns');
    this.edit = edit;
    this.clear();
  }

  clear() {
    this.list.replaceChildren();
    this.newest = 0;
  }

  show(items) {
    for (const item of items) {
      const old = find(`turn-${item.number}`);
      if (!old && item.number > this.newest) this.closeNewest(item.number);
      const wasOpen = old?.querySelector('details').open;
      const opens = item.number === (this.pinned || this.newest);
      const card = turnCard(item, old ? wasOpen : opens, this.edit);
      if (old) this.replace(old, card);
      else this.list.prepend(card);
      // The form in which the turn was edited has gone with the conversation before.
      if (!old && opens && this.pinned) card.querySelector('summary').focus();
      if (item.trace) find('news').textContent = `Turn ${item.number} is answered: ${item.trace.intent}`;
    }
    find('empty').hidden = this.list.children.length > 0;
  }

  closeNewest(number) {
    const open = find(`turn-${this.newest}`)?.querySelector('details');
    if (open && !open.contains(document.activeElement)) open.open = false;
    this.newest = number;
  }

  replace(old, card) {
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(card);
    if (hadFocus) card.querySelector('summary').focus();
  }
}
