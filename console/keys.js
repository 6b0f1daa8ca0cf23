// The keyboard. Single keys do nothing while somebody types, and can be switched off; those with Alt or Ctrl always
// work.

const TYPES = 'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]';

export const listen = (act, isOn) => document.addEventListener('keydown', (event) => {
  const { altKey, code, ctrlKey, defaultPrevented, key, metaKey, shiftKey } = event;
  if (defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
  let run;
  if (key === 'Escape') run = act.leave;
  else if (altKey && !ctrlKey && !metaKey && !shiftKey) {
    run = { KeyN: act.noting, KeyT: act.transfer, KeyC: act.close }[code];
  } else if ((ctrlKey || metaKey) && !altKey && key === 'Enter') run = act.send;
  else if (!altKey && !ctrlKey && !metaKey && isOn() && !event.target.closest?.(TYPES)) {
    run = { n: act.next, j: act.down, k: act.up, r: act.write, '/': act.canned, '?': act.settings }[key];
  }
  if (!run) return;
  if (key !== 'Escape') event.preventDefault();
  run();
});

// Keys and what they do, for the help: [keys, key of the words].
export const KEYS = [
  ['N', 'take_next'], ['J', 'key_down'], ['K', 'key_up'], ['R', 'key_write'],
  ['/', 'canned'], ['?', 'settings'], ['Enter', 'send'], ['Shift+Enter', 'key_line'], ['Ctrl+Enter', 'send'],
  ['Esc', 'key_leave'], ['Alt+N', 'key_note'], ['Alt+T', 'transfer'], ['Alt+C', 'close'],
];
