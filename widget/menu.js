// The menu: ways on, language, transcript, the end, deleting it all. A list that a button opens; Escape shuts it.
import { button, h, link, iconButton } from './dom.js';
import { webUrl } from './protocol.js';
import { t } from './i18n.js';

// A way on for this visitor: a link, something to say, or a word to the page that embeds us.
export const contactOption = ({ door: name, title, payload, url }, { say, signIn }, { lang, look = 'b' } = {}) => {
  const attributes = { lang, class: look };
  if (webUrl(url)) {
    return name === 'sign_in' ? h('a', { href: url, ...attributes }, title) : link(title, url, attributes);
  }
  return button(title, name === 'sign_in' ? signIn : (event) => say(title, payload, event), attributes);
};

export class Menu {
  constructor(context) {
    Object.assign(this, context, { context });
    this.opener = iconButton('menu', t('menu'), () => this.toggle(), { 'aria-expanded': 'false' });
    this.list = h('div', {
      class: 'menu', hidden: true,
      onclick: ({ target }) => target.closest('button, a') && this.toggle(false),
      onfocusout: ({ relatedTarget: to }) => to && to !== this.opener && !this.list.contains(to) && this.toggle(false),
    });
  }

  toggle(open = this.list.hidden) {
    const inside = this.list.contains(this.root.activeElement);
    if (open) this.fill();
    this.list.hidden = !open;
    this.opener.ariaExpanded = open;
    if (open) this.list.querySelector('button, a').focus();
    else if (inside) this.opener.focus();
  }

  fill() {
    const { client, context, langs, lang, choose, transcript, erase } = this;
    const { doors, identity, lang: spoken, status } = client.state;
    const over = status === 'closed';
    this.list.replaceChildren(
      identity.name ? h('p.source', null, t('signed_in', identity)) : '',
      ...(over ? [] : doors.map((way) => contactOption(way, context, { lang: spoken }))),
      h('div.row', null, Object.keys(langs).map((code) => button(t(`lang_${code}`), () => choose(code), {
        lang: code, 'aria-pressed': String(code === lang()),
      }))),
      button(t('transcript'), transcript),
      over ? '' : button(t('end'), () => this.ask('end_sure', 'end', () => client.post('end'))),
      button(t('erase'), () => this.ask('erase_sure', 'erase', erase)),
    );
  }
}
