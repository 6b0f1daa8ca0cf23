// Canned answers: searched by title and text, with the placeholders that are known filled in.
import { button, h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { languageName } from './labels.js';

const PLACEHOLDER = /\{\w+\}/g;

// Replaces {name} by values.name. A placeholder without a value stays, for the agent to fill in.
const fillPlaceholders = (text, values) => text.replace(PLACEHOLDER, (all) => values[all.slice(1, -1)] || all);

// The first placeholder in `text` that one of the canned answers has.
export const unfilledPlaceholder = (text, answers) => {
  const known = new Set(answers.flatMap((each) => Object.values(each.text)).flatMap((each) => each.match(PLACEHOLDER) || []));
  return text.match(PLACEHOLDER)?.find((each) => known.has(each));
};

export class CannedAnswers {
  // `onChoose(text)` gets the answer that is chosen; `onClose()` is called after Escape.
  constructor({ client, onChoose, onClose }) {
    Object.assign(this, { client, onChoose, onClose, selected: 0 });
    this.search = h('input', {
      type: 'search', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'canned', 'aria-autocomplete': 'list',
      'aria-label': t('canned_search'), placeholder: t('canned_search'), autocomplete: 'off',
      oninput: () => this.filter(), onkeydown: (event) => this.onKey(event),
    });
    this.languageButton = button('', () => {
      const all = Object.keys(this.client.config.canned[0].title);
      this.lang = all[(all.indexOf(this.lang) + 1) % all.length];
      this.filter();
      this.search.focus();
    }, { class: 'soft' });
    this.list = h('ul', { id: 'canned', role: 'listbox', 'aria-label': t('canned') });
    this.nothingFound = h('p.empty-list', { hidden: true, role: 'status' }, t('canned_none'));
    this.element = h('div.canned-answers', {
      hidden: true, onfocusout: ({ relatedTarget }) => {
        if (relatedTarget && !this.element.contains(relatedTarget)) this.close();
      },
    }, h('div.line', null, this.search, this.languageButton), this.list, this.nothingFound);
  }

  // Opens the list in the language of `conversation`.
  open(conversation) {
    this.conversation = conversation;
    this.lang = conversation.lang;
    this.search.value = '';
    this.element.hidden = false;
    this.filter();
    this.search.focus();
  }

  close() {
    this.element.hidden = true;
  }

  get values() {
    const { client, conversation } = this;
    return { name: conversation.customer?.name, agent: client.agent.name, case: conversation.case?.case };
  }

  // Finds the answers that contain every word of the search.
  filter() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    this.found = this.client.config.canned.filter(({ id, title, text }) => {
      const all = `${id} ${title[this.lang]} ${text[this.lang]}`.toLowerCase();
      return words.every((word) => all.includes(word));
    });
    this.selected = 0;
    this.languageButton.textContent = languageName(this.lang);
    this.nothingFound.hidden = this.found.length > 0;
    this.draw();
  }

  draw() {
    const { lang, values } = this;
    this.list.replaceChildren(...this.found.map(({ title, text }, i) => h('li', {
      role: 'option', id: `canned-${i}`, 'aria-selected': String(i === this.selected), lang,
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => this.choose(i),
    }, h('b', null, title[lang]), h('span', null, fillPlaceholders(text[lang], values)))));
    const selected = this.list.children[this.selected];
    if (selected) this.search.setAttribute('aria-activedescendant', selected.id);
    else this.search.removeAttribute('aria-activedescendant');
    selected?.scrollIntoView({ block: 'nearest' });
  }

  choose(i) {
    const { text } = this.found[i];
    this.close();
    this.onChoose(fillPlaceholders(text[this.lang], this.values));
  }

  onKey(event) {
    const { key } = event;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) {
      this.selected = (this.selected + step + this.found.length) % (this.found.length || 1);
      this.draw();
    } else if (key === 'Enter' && this.found.length && !event.repeat) this.choose(this.selected);
    else if (key === 'Escape') {
      this.close();
      this.onClose();
    } else if (key !== 'Enter') return;
    event.preventDefault();
  }
}
