// A text box for one conversation and one mode, an answer or a note. It is never reused for another one: input that comes
// late (an input method, dictation, undo) stays where it was meant to go.
import { h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';

export class TextBox {
  // `owner` has: onInput(textBox), onKey(textBox, event), onPaste(textBox, event), onBlur(textBox).
  constructor(owner, conversationId, mode, text) {
    Object.assign(this, { conversationId, mode });
    const label = t(mode === 'note' ? 'write_note' : 'write');
    this.input = h('textarea', {
      rows: 2, dir: 'auto', autocomplete: 'off', placeholder: label, 'aria-label': label,
      oninput: () => owner.onInput(this), onkeydown: (event) => owner.onKey(this, event),
      onpaste: (event) => owner.onPaste(this, event), onblur: () => owner.onBlur(this),
    });
    this.input.value = text;
  }

  get text() {
    return this.input.value;
  }

  // True when nothing can be written: the text is only kept to be read, or a burst for another conversation goes on.
  get isLocked() {
    return this.input.readOnly;
  }

  lock(locked) {
    this.input.readOnly = locked;
  }

  setText(text) {
    this.input.value = text;
    this.fitHeight();
  }

  // Replaces the selection, and selects the first placeholder of `text`.
  insert(text) {
    const start = this.input.selectionStart;
    this.input.setRangeText(text, start, this.input.selectionEnd, 'end');
    const placeholder = /\{\w+\}/.exec(text);
    if (placeholder) this.select(placeholder[0], start);
    this.fitHeight();
  }

  select(text, from = 0) {
    const start = this.text.indexOf(text, from);
    this.input.focus();
    this.input.setSelectionRange(start, start + text.length);
  }

  // Makes the box as high as its text.
  fitHeight() {
    this.input.style.setProperty('height', 0);
    this.input.style.setProperty('height', `${this.input.scrollHeight + 2}px`);
  }

  // Returns true when the text is on the clipboard.
  copy() {
    this.input.select();
    const isCopied = document.execCommand('copy');
    // The next key would replace a selection, should the case come back.
    this.input.setSelectionRange(this.text.length, this.text.length);
    return isCopied;
  }
}
