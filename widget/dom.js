// Makes elements. Text only ever becomes a text node; nothing here parses markup.
import { splitLinks } from './protocol.js';
import { t } from './i18n.js';

const ICONS = {
  agent: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c0-4 3-6 7-6s7 2 7 6',
  attach: 'm20 11-8 8a5 5 0 0 1-7-7l8-8a3 3 0 0 1 5 5l-8 8a2 2 0 0 1-3-3l7-7',
  close: 'm6 6 12 12M18 6 6 18',
  down: 'M10 15v4a3 3 0 0 0 3 3l4-9V2H6a2 2 0 0 0-2 2l-2 9a2 2 0 0 0 2 2Zm7-13h5v11h-5',
  menu: 'M4 12h1M12 12h1M19 12h1',
  phone: 'M5 4h4l2 5-2 1a11 11 0 0 0 5 5l1-2 5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2',
  send: 'M5 12h14m-6-6 6 6-6 6',
};

// h('p.look', {onclick, …}, ...children). Attributes and children that are false or null are left out.
export const h = (look, attributes, ...children) => {
  const [tag, ...classes] = look.split('.');
  const element = document.createElement(tag);
  element.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value != null && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(9).filter((child) => child != null && child !== false));
  return element;
};

export const icon = (name) => {
  const draw = (tag, attributes, parent) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    return parent ? parent.appendChild(made).parentNode : made;
  };
  return draw('path', { d: ICONS[name] }, draw('svg', { viewBox: '0 0 24 24', 'aria-hidden': true, class: 'icon' }));
};

export const button = (text, onclick, attributes) => h('button', { type: 'button', onclick, ...attributes }, text);

// A button of an icon alone; its name is for screen readers and for the mouse that rests on it.
export const iconButton = (sign, name, onclick, attributes) => button(icon(sign), onclick, {
  class: 'sign', 'aria-label': name, title: name, ...attributes,
});

export const screenReaderOnly = (...parts) => h('span.unseen', null, ...parts);

export const link = (text, href, attributes) => h(
  'a', { href, target: '_blank', rel: 'noopener noreferrer', ...attributes }, text, screenReaderOnly(' ', t('new_tab')),
);

// Text with its links to the web as links.
export const linkedText = (text, className = '') => h('p', { class: `prose ${className}`, dir: 'auto' },
  splitLinks(text || '').map((piece) => (piece.url ? link(piece.text, piece.url) : piece.text)));

// Copies `text`, and says so for a while. Not there where the browser forbids it.
export const copyButton = (text) => {
  const said = h('span', { 'aria-live': 'polite' }, t('copy'));
  return navigator.clipboard && button([said, screenReaderOnly(' ', text)], async () => {
    await navigator.clipboard.writeText(text);
    said.textContent = t('copied');
    setTimeout(() => { said.textContent = t('copy'); }, 2000);
  }, { class: 'quiet' });
};
