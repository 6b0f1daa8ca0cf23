// What the builder does: begin a conversation, play its steps, act as an agent, edit a turn.
import { post } from './api.js';
import { find, make } from './dom.js';
import { Turns } from './turn_card.js';

const PEOPLE = ['queued', 'connected', 'transferred'];
const MODEL = { loading: 'The model loads …', ready: 'Ready', failed: 'The model can’t be loaded' };

const optionOf = (scenario) => [...find('scenario').options].find(
  (option) => scenario && option.text === scenario.name && option.parentElement.label === scenario.file);

export class Controls {
  constructor() {
    this.turns = new Turns((number, change) => this.edit(number, change));
    this.plan = [];
    this.isPlaying = false;
    find('begin').addEventListener('submit', (event) => this.begin(event));
    find('scenario').addEventListener('change', () => this.refresh());
    find('next').addEventListener('click', () => this.do('next'));
    find('rest').addEventListener('click', () => (this.isPlaying ? this.stop() : this.playRest()));
    find('act').addEventListener('submit', (event) => this.act(event));
  }

  // The scenarios, customers and languages to choose from.
  offer({ scenarios, customers, languages }) {
    const files = new Map();
    scenarios.forEach(({ name, file }, number) => {
      if (!files.has(file)) files.set(file, make('optgroup', { label: file }));
      files.get(file).append(make('option', { value: number }, name));
    });
    find('scenario').append(...files.values());
    find('customer').append(...customers.map(([value, name]) => make('option', { value }, name)));
    find('lang').append(...Object.entries(languages).map(([value, name]) => make('option', { value }, name)));
  }

  show({ items, begun, model, detail, status, scenario, plan, customer, lang, joined }, isOther) {
    if (isOther) this.turns.clear();
    this.turns.show(items);
    this.plan = plan;
    this.model = model;
    if (find('model').dataset.state !== model) {
      find('model').dataset.state = model;
      find('model').textContent = detail ? `${MODEL[model]}: ${detail}` : MODEL[model];
    }
    find('status').hidden = !status;
    find('status').textContent = `Status: ${status}`;
    if (begun !== this.begun) {
      this.begun = begun;
      find('customer').value = customer || '';
      find('lang').value = lang;
      find('scenario').value = optionOf(scenario)?.value ?? '';
    }
    find('player').hidden = !scenario && !plan.length;
    find('playing').textContent = scenario ? `${scenario.name} (${scenario.file})` : 'The conversation again';
    find('gap').textContent = scenario?.gap ? `Known to fail: ${scenario.gap}` : '';
    find('upcoming').textContent = plan.length ? `Next, of ${plan.length}: ${plan[0]}` : 'All steps are played.';
    find('act').hidden = !joined || !PEOPLE.includes(status);
    this.refresh();
  }

  lost() {
    find('model').dataset.state = 'lost';
    find('model').textContent = 'The inspector does not answer';
  }

  refresh() {
    const byScenario = find('scenario').value !== '';
    find('customer').disabled = find('lang').disabled = byScenario;
    // Greyed and not disabled: a disabled button would lose the focus after the last step.
    for (const id of ['next', 'rest']) {
      find(id).setAttribute('aria-disabled', String(!this.canPlay && !(id === 'rest' && this.isPlaying)));
    }
    find('rest').textContent = this.isPlaying ? 'Stop' : 'Play the rest';
  }

  get canPlay() {
    return this.plan.length > 0 && this.model !== 'loading' && !this.isBusy;
  }

  // Does it, and tells the problem; returns true when there is none.
  async do(deed, body) {
    if (this.isBusy || (deed === 'next' && !this.canPlay)) return false;
    this.isBusy = true;
    find('problem').textContent = '';
    this.refresh();
    const { problem, plan } = await post(deed, body);
    this.isBusy = false;
    this.plan = plan || this.plan;
    find('problem').textContent = problem || '';
    this.refresh();
    return !problem;
  }

  async playRest() {
    this.isPlaying = true;
    while (this.isPlaying && this.plan.length && (await this.do('next')));
    this.stop();
  }

  stop() {
    this.isPlaying = false;
    this.refresh();
  }

  begin(event) {
    event.preventDefault();
    this.stop();
    const number = find('scenario').value;
    this.do('begin', number === '' ? { customer: find('customer').value, lang: find('lang').value }
      : { scenario: Number(number) });
  }

  async act(event) {
    event.preventDefault();
    if (await this.do('act', { line: find('line').value })) find('line').value = '';
  }

  // Plays the conversation again from its beginning, with a change, and all that followed.
  async edit(number, change) {
    this.stop();
    this.turns.pinned = number;
    if (await this.do('edit', { number, ...change })) await this.playRest();
    this.turns.pinned = null;
  }
}
