// Keyboard shortcuts. While a conversation is open, a key alone only writes: what is typed outside of a field goes into the
// text box, or nowhere. Single keys act only when no conversation is open and nothing else is typed around them.
import { isTextKey } from './typing_burst.js';

const FIELDS = 'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]';
const SINGLE_KEY_PAUSE = 250; // ms in which no key may follow a single key
// On a Mac, Option types characters: Ctrl+Option stands for Alt.
const IS_MAC = /Mac/.test(navigator.platform);
// Key -> name of an action (app.js).
const SINGLE_KEYS = { n: 'takeNext', j: 'nextConversation', k: 'previousConversation', '?': 'openSettings' };
const ALT_KEYS = {
  a: 'takeCurrentOrNext', n: 'toggleNote', t: 'transfer', c: 'close', ArrowDown: 'nextConversation',
  ArrowUp: 'previousConversation',
};
const REPEATABLE = ['nextConversation', 'previousConversation'];

export const ALT = IS_MAC ? 'Ctrl+Option' : 'Alt';

// [keys, key of the message that says what they do], for the settings.
export const SHORTCUTS = [
  [`${ALT}+A`, 'key_take'], [`${ALT}+↓`, 'key_down'], [`${ALT}+↑`, 'key_up'], ['/', 'canned'],
  ['Enter', 'send'], ['Shift+Enter', 'key_line'], ['Ctrl+Enter', 'send'], ['Esc', 'key_leave'],
  [`${ALT}+N`, 'key_note'], [`${ALT}+T`, 'transfer'], [`${ALT}+C`, 'close'], ['N, J, K, ?', 'key_single'],
];

const isAlt = ({ altKey, ctrlKey, metaKey, shiftKey }) => altKey && ctrlKey === IS_MAC && !metaKey && !shiftKey;
const isSend = ({ altKey, ctrlKey, key, metaKey }) => (ctrlKey || metaKey) && !altKey && key === 'Enter';
// The letter on the key. Where the layout or Option makes no Latin letter of it: the letter of the key's position.
const letterOf = ({ code, key }) => (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, '')).toLowerCase();
const altAction = (event) => ALT_KEYS[event.key] || ALT_KEYS[letterOf(event)];
export const isDialogOpen = () => Boolean(document.querySelector('dialog[open]'));

// `actions`: name -> function. `allowsSingleKeys()`: true when single keys may act now.
export const listenForShortcuts = ({ actions, client, composer, typingBurst, allowsSingleKeys }) => {
  let singleKeyTimer;
  const onSingleKey = (event) => {
    const name = allowsSingleKeys() && typingBurst.isFirstStroke && !event.repeat && SINGLE_KEYS[event.key];
    if (!name) return;
    event.preventDefault();
    singleKeyTimer = setTimeout(() => !client.currentId && !isDialogOpen() && actions[name](), SINGLE_KEY_PAUSE);
  };
  // Enter presses once, however long it is held. Enter at the end of a text that was typed in no field confirms nothing.
  document.addEventListener('keydown', (event) => {
    const { key, repeat, target } = event;
    if (key !== 'Enter' || target.matches?.('textarea')) return;
    const endsStrayText = isDialogOpen() && !typingBurst.isFirstStroke && !target.closest?.(`button, a, ${FIELDS}`);
    if (repeat || endsStrayText) event.preventDefault();
  }, true);
  document.addEventListener('keydown', (event) => {
    clearTimeout(singleKeyTimer);
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || isDialogOpen()) return;
    if (event.key === 'Escape') {
      actions.closeCasePanel();
      return;
    }
    const name = isAlt(event) ? altAction(event) : isSend(event) && 'send';
    if (name) {
      event.preventDefault();
      if (!event.repeat || REPEATABLE.includes(name)) actions[name]();
    } else if (isTextKey(event) && !event.target.closest?.(FIELDS)) {
      if (!client.currentId) onSingleKey(event);
      // A space presses a button, or scrolls.
      else if (event.key !== ' ') composer.takeStrayInput();
    }
  });
  document.addEventListener('paste', (event) => {
    if (event.defaultPrevented || !client.currentId || isDialogOpen() || event.target.closest?.(FIELDS)) return;
    composer.takeStrayInput(event);
  });
};
