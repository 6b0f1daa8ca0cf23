// The keyboard. While a conversation is open no single key does anything but write: what is typed beside the text box
// goes into it, or nowhere. At an empty desk single keys take and choose, where nothing else is typed around them.
import { isText } from './typing_burst.js';

const TYPES = 'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]';
const ALONE = 250; // ms in which nothing may follow a single key
// Option types letters on a Mac.
const MAC = /Mac/.test(navigator.platform);
const SINGLE = { n: 'next', j: 'down', k: 'up', '?': 'settings' };
const WITH_ALT = { a: 'takeThis', n: 'noting', t: 'transfer', c: 'close', ArrowDown: 'down', ArrowUp: 'up' };

const isAlt = ({ altKey, ctrlKey, metaKey, shiftKey }) => altKey && ctrlKey === MAC && !metaKey && !shiftKey;
const isSend = ({ altKey, ctrlKey, key, metaKey }) => (ctrlKey || metaKey) && !altKey && key === 'Enter';
// The letter that stands on the key; its place, where the layout or Option makes no Latin one of it.
const letterOf = ({ code, key }) => (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, '')).toLowerCase();
const withAlt = (event) => WITH_ALT[event.key] || WITH_ALT[letterOf(event)];
export const isBusy = () => Boolean(document.querySelector('dialog[open]'));

// `act` does things by their names, `isOn()` says whether single keys are wanted, `desk` what is open, `composer`
// takes what is typed beside it.
export const listen = ({ act, burst, composer, desk, isOn }) => {
  let waiting;
  const single = (event) => {
    const name = isOn() && burst.isFirst && !event.repeat && SINGLE[event.key];
    if (!name) return;
    event.preventDefault();
    waiting = setTimeout(() => !desk.current && !isBusy() && act[name](), ALONE);
  };
  // Enter presses once, however long it is held; and what ends a text that was typed in no field confirms nothing.
  document.addEventListener('keydown', (event) => {
    const { key, repeat, target } = event;
    if (key !== 'Enter' || target.matches?.('textarea')) return;
    if (repeat || (isBusy() && !burst.isFirst && !target.closest?.(`button, a, ${TYPES}`))) event.preventDefault();
  }, true);
  document.addEventListener('keydown', (event) => {
    clearTimeout(waiting);
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || isBusy()) return;
    if (event.key === 'Escape') {
      act.leave();
      return;
    }
    const name = isAlt(event) ? withAlt(event) : isSend(event) && 'send';
    if (name) {
      event.preventDefault();
      if (!event.repeat || ['down', 'up'].includes(name)) act[name]();
    } else if (isText(event) && !event.target.closest?.(TYPES)) {
      if (!desk.current) single(event);
      // A space presses a button, or scrolls.
      else if (event.key !== ' ') composer.stray();
    }
  });
  document.addEventListener('paste', (event) => {
    if (!event.defaultPrevented && desk.current && !isBusy() && !event.target.closest?.(TYPES)) composer.stray(event);
  });
};

export const ALT = MAC ? 'Ctrl+Option' : 'Alt';

// Keys and what they do, for the help: [keys, key of the words].
export const KEYS = [
  [`${ALT}+A`, 'key_take'], [`${ALT}+↓`, 'key_down'], [`${ALT}+↑`, 'key_up'], ['/', 'canned'],
  ['Enter', 'send'], ['Shift+Enter', 'key_line'], ['Ctrl+Enter', 'send'], ['Esc', 'key_leave'],
  [`${ALT}+N`, 'key_note'], [`${ALT}+T`, 'transfer'], [`${ALT}+C`, 'close'], ['N, J, K, ?', 'key_single'],
];
