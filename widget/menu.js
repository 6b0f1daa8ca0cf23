// The menu: ways on, language, transcript, the end. A list that a button opens; Escape shuts it.
import { button, h, link, signed } from './dom.js';
import { webUrl } from './protocol.js';
import { t } from './words.js';

// A way on for this visitor: a link, something to say, or a word to the page that embeds us.
export const door = ({ door: name, title, payload, url }, { say, signIn }, attributes = {}) => {
  if (name === 'sign_in') {
    return webUrl(url) ? h('a', { href: url, text: title, ...attributes }) : button(title, signIn, attributes);
  }
  if (webUrl(url)) return link(title, url, attributes);
  return button(title, (event) => say(title, payload, event), attributes);
};

export class Menu {
  constructor(context) {
    Object.assign(this, context, { context });
    this.list = h('div', { class: 'menu', id: 'menu', hidden: true });
    this.opener = signed('menu', t('menu'), () => this.toggle(), { 'aria-expanded': 'false', 'aria-controls': 'menu' });
    this.list.addEventListener('click', (event) => event.target.closest('button, a') && this.toggle(false));
    this.list.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget && relatedTarget !== this.opener && !this.list.contains(relatedTarget)) this.toggle(false);
    });
  }

  get open() {
    return !this.list.hidden;
  }

  toggle(open = !this.open) {
    if (open) this.fill();
    const inside = this.list.contains(this.root.activeElement);
    this.list.hidden = !open;
    this.opener.setAttribute('aria-expanded', open);
    if (open) this.list.querySelector('button, a').focus();
    else if (inside) this.opener.focus();
  }

  fill() {
    const { client, langs, lang, choose } = this;
    const { state } = client;
    const over = state.status === 'closed';
    const { name } = state.identity;
    this.list.replaceChildren(
      name ? h('p', { class: 'source', text: t('signed_in', { name }) }) : '',
      ...over ? [] : state.doors.map((way) => door(way, this.context, { lang: state.lang })),
      h('div', { class: 'langs', role: 'group', 'aria-label': t('language') }, langs.map((code) =>
        button(t(`lang_${code}`), () => choose(code), { lang: code, 'aria-pressed': String(code === lang()) }))),
      button(t('transcript'), this.transcript),
      over ? '' : button(t('end'), () => this.confirm()),
    );
  }

  confirm() {
    this.ask(t('end_sure'), t('end'), () => this.client.post('end'));
  }
}
