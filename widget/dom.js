// Creates elements for the widget and the console. Text becomes text nodes only; no function here parses markup.
import { t } from './i18n.js';
import { drawIcon, ICONS } from './icons.js';
import { splitLinks } from './links.js';

// h('p.class', {onclick, …}, ...children) returns an element. Attributes and children that are false or null are left
// out; arrays of children are flattened.
export const h = (selector, attributes, ...children) => {
  const [tag, ...classes] = selector.split('.');
  const element = document.createElement(tag);
  element.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value != null && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(9).filter((child) => child != null && child !== false));
  return element;
};

export const icon = (name) => drawIcon(ICONS[name]);

export const button = (content, onclick, attributes) => h('button', { type: 'button', onclick, ...attributes }, content);

// A button that shows an icon alone. Screen readers and the tooltip say `label`.
export const iconButton = (name, label, onclick, attributes) => button(icon(name), onclick, {
  class: 'icon-button', 'aria-label': label, title: label, ...attributes,
});

export const screenReaderOnly = (...content) => h('span.sr-only', null, ...content);

export const link = (text, href, attributes) => h(
  'a', { href, target: '_blank', rel: 'noopener noreferrer', ...attributes }, text, screenReaderOnly(' ', t('new_tab')),
);

// A paragraph that keeps line breaks; web addresses in `text` become links.
export const linkedText = (text, className = '') => h('p', { class: `linked-text ${className}`, dir: 'auto' },
  splitLinks(text || '').map((part) => (part.url ? link(part.text, part.url) : part.text)));

// A button that copies `text` and confirms it for two seconds; undefined where the browser has no clipboard.
export const copyButton = (text) => {
  const label = h('span', { 'aria-live': 'polite' }, t('copy'));
  return navigator.clipboard && button([label, screenReaderOnly(' ', text)], async () => {
    await navigator.clipboard.writeText(text);
    label.textContent = t('copied');
    setTimeout(() => { label.textContent = t('copy'); }, 2000);
  }, { class: 'quiet' });
};
