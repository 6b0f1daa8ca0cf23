// Canned answers: searched by what they are called and by what they say, filled in with what is known of the case.
import { button, h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { languageOf } from './labels.js';

// The text with what is known; what is not stays as it is, for the agent to fill in.
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (gap, name) => values[name] || gap);

const GAP = /\{\w+\}/g;

// The first gap of the canned answers that a text has still.
export const gapIn = (text, canned) => {
  const gaps = new Set(canned.flatMap((each) => Object.values(each.text)).flatMap((each) => each.match(GAP) || []));
  return text.match(GAP)?.find((gap) => gaps.has(gap));
};

export class Canned {
  constructor({ desk, insert, back }) {
    Object.assign(this, { desk, insert, back, at: 0 });
    this.search = h('input', {
      type: 'search', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'canned', 'aria-autocomplete': 'list',
      'aria-label': t('canned_search'), placeholder: t('canned_search'), autocomplete: 'off',
      oninput: () => this.filter(), onkeydown: (event) => this.key(event),
    });
    this.langs = button('', () => {
      const all = Object.keys(this.desk.facts.canned[0].title);
      this.lang = all[(all.indexOf(this.lang) + 1) % all.length];
      this.filter();
      this.search.focus();
    }, { class: 'soft' });
    this.list = h('ul', { id: 'canned', role: 'listbox', 'aria-label': t('canned') });
    this.none = h('p.none', { hidden: true, role: 'status' }, t('canned_none'));
    this.element = h('div.canned', {
      hidden: true, onfocusout: ({ relatedTarget }) => {
        if (relatedTarget && !this.element.contains(relatedTarget)) this.close();
      },
    }, h('div.line', null, this.search, this.langs), this.list, this.none);
  }

  // For the conversation that the answer is written in.
  open(chat) {
    this.chat = chat;
    this.lang = chat.lang;
    this.search.value = '';
    this.element.hidden = false;
    this.filter();
    this.search.focus();
  }

  close() {
    this.element.hidden = true;
  }

  get values() {
    const { chat, desk } = this;
    return { name: chat.customer?.name, agent: desk.agent.name, case: chat.case?.case };
  }

  filter() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    this.found = this.desk.facts.canned.filter(({ id, title, text }) => {
      const all = `${id} ${title[this.lang]} ${text[this.lang]}`.toLowerCase();
      return words.every((word) => all.includes(word));
    });
    this.at = 0;
    this.langs.textContent = languageOf(this.lang);
    this.none.hidden = this.found.length > 0;
    this.draw();
  }

  draw() {
    const { lang, values } = this;
    this.list.replaceChildren(...this.found.map(({ title, text }, i) => h('li', {
      role: 'option', id: `canned-${i}`, 'aria-selected': String(i === this.at), lang,
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => this.choose(i),
    }, h('b', null, title[lang]), h('span', null, fill(text[lang], values)))));
    const chosen = this.list.children[this.at];
    if (chosen) this.search.setAttribute('aria-activedescendant', chosen.id);
    else this.search.removeAttribute('aria-activedescendant');
    chosen?.scrollIntoView({ block: 'nearest' });
  }

  choose(i) {
    const { text } = this.found[i];
    this.close();
    this.insert(fill(text[this.lang], this.values));
  }

  key(event) {
    const { key } = event;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) this.at = (this.at + step + this.found.length) % (this.found.length || 1);
    if (step) this.draw();
    else if (key === 'Enter' && this.found.length && !event.repeat) this.choose(this.at);
    else if (key === 'Escape') {
      this.close();
      this.back();
    } else if (key !== 'Enter') return;
    event.preventDefault();
  }
}
