// The menu of the panel: contact options, language, transcript, ending and deleting the conversation.
import { contactOption } from './contact_option.js';
import { button, h, iconButton } from './dom.js';
import { t } from './i18n.js';

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
    const hadFocus = this.list.contains(this.root.activeElement);
    if (open) this.fill();
    this.list.hidden = !open;
    this.opener.ariaExpanded = open;
    if (open) this.list.querySelector('button, a').focus();
    else if (hadFocus) this.opener.focus();
  }

  fill() {
    const { client, context, langs, lang, chooseLanguage, transcript, erase } = this;
    const { contact_options, identity, lang: conversationLang, status } = client.state;
    const closed = status === 'closed';
    this.list.replaceChildren(
      identity.name ? h('p.source', null, t('signed_in', identity)) : '',
      ...(closed ? [] : contact_options.map((option) => contactOption(option, context, { lang: conversationLang }))),
      h('div.row', null, langs.map((code) => button(t(`lang_${code}`), () => chooseLanguage(code), {
        lang: code, 'aria-pressed': String(code === lang()),
      }))),
      button(t('transcript'), transcript),
      closed ? '' : button(t('end'), () => this.ask('end_sure', 'end', () => client.send('end'))),
      button(t('erase'), () => this.ask('erase_sure', 'erase', erase)),
    );
  }
}
