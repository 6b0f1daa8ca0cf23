// One contact option of the visitor's state: a link, a message to send, or the `signin` event for the page.
import { button, h, link } from './dom.js';
import { webUrl } from './links.js';

export const contactOption = ({ type, title, payload, url }, { say, signIn }, { lang, className = 'button' } = {}) => {
  const attributes = { lang, class: className };
  if (webUrl(url)) {
    return type === 'sign_in' ? h('a', { href: url, ...attributes }, title) : link(title, url, attributes);
  }
  return button(title, type === 'sign_in' ? signIn : (event) => say(title, payload, event), attributes);
};
