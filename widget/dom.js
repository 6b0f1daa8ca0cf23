// Makes elements. Text only ever becomes a text node; nothing here parses markup.
import { pieces } from './protocol.js';
import { t } from './words.js';

const SVG = 'http://www.w3.org/2000/svg';
const ICONS = {
  agent: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c0-4 3-6 7-6s7 2 7 6',
  attach: 'm20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.500 8.500a1.700 1.700 0 0 1-2.400-2.400L14.500 7',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  down: 'M12 4v13m-6-6 6 6 6-6',
  file: 'M14 3H6v18h12V7zv4h4',
  menu: 'M5 12h.01M12 12h.01M19 12h.01',
  out: 'M14 4h6v6m0-6-9 9M18 14v6H4V6h6',
  phone: 'M5 4h4l2 5-2.500 1.500a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2',
  send: 'M5 12h14m-6-6 6 6-6 6',
};

// h('p', {class, text, on: {click}, …attributes}, ...children). A property that is false, null or undefined is left out.
export const h = (tag, { text, on = {}, ...attributes } = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  if (text != null) element.textContent = text;
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
};

export const icon = (name) => {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [key, value] of [['viewBox', '0 0 24 24'], ['aria-hidden', 'true'], ['class', 'icon']]) svg.setAttribute(key, value);
  const path = svg.appendChild(document.createElementNS(SVG, 'path'));
  path.setAttribute('d', ICONS[name]);
  return svg;
};

export const button = (text, click, { sign, ...attributes } = {}) => h(
  'button', { type: 'button', on: { click }, ...attributes }, sign && icon(sign), h('span', { text }),
);

// A button of an icon alone; its name is for screen readers and for the mouse that rests on it.
export const signed = (sign, name, click, attributes) => h(
  'button', { type: 'button', class: 'sign', 'aria-label': name, title: name, on: { click }, ...attributes }, icon(sign),
);

export const hidden = (text) => h('span', { class: 'unseen', text });

export const link = (text, href, attributes) => h(
  'a', { href, target: '_blank', rel: 'noopener noreferrer', ...attributes }, text, hidden(` ${t('new_tab')}`),
);

// Text with its links to the web as links.
export const prose = (text, attributes = {}) => h(
  'p', { class: 'prose', dir: 'auto', ...attributes },
  pieces(text || '').map((piece) => (piece.url ? link(piece.text, piece.url) : piece.text)),
);

// Copies `text`, and says so on the button for a while. Not there where the browser forbids it.
export const copier = (text) => {
  if (!navigator.clipboard) return null;
  const said = h('span', { 'aria-live': 'polite', text: t('copy') });
  return h('button', { type: 'button', class: 'quiet', on: {
    async click() {
      try { await navigator.clipboard.writeText(text); } catch { return; }
      said.textContent = t('copied');
      setTimeout(() => { said.textContent = t('copy'); }, 2000);
    },
  } }, icon('copy'), said, hidden(` ${text}`));
};
