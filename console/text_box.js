// A text box for one conversation and one kind of text, an answer or a note. It is never given to another one: whatever
// reaches it late (an input method, dictation, undo) stays where it was meant to go.
import { h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';

export class Sheet {
  // `owner` hears: typed(sheet), key(sheet, event), pasted(sheet, event), left(sheet).
  constructor(owner, conversation, mode, text) {
    Object.assign(this, { conversation, mode });
    this.input = h('textarea', {
      rows: 2, dir: 'auto', autocomplete: 'off', placeholder: t(mode === 'note' ? 'write_note' : 'write'),
      'aria-label': t(mode === 'note' ? 'write_note' : 'write'),
      oninput: () => owner.typed(this), onkeydown: (event) => owner.key(this, event),
      onpaste: (event) => owner.pasted(this, event), onblur: () => owner.left(this),
    });
    this.input.value = text;
  }

  get text() {
    return this.input.value;
  }

  // Nothing can be written: it is kept to be read, or a text that was meant for another one is still being typed.
  get isLocked() {
    return this.input.readOnly;
  }

  lock(locked) {
    this.input.readOnly = locked;
  }

  set(text) {
    this.input.value = text;
    this.grow();
  }

  // In place of what is selected; the first gap that is left to fill is selected.
  insert(text) {
    const at = this.input.selectionStart;
    this.input.setRangeText(text, at, this.input.selectionEnd, 'end');
    const gap = /\{\w+\}/.exec(text);
    if (gap) this.select(gap[0], at);
    this.grow();
  }

  select(text, from = 0) {
    const at = this.text.indexOf(text, from);
    this.input.focus();
    this.input.setSelectionRange(at, at + text.length);
  }

  grow() {
    this.input.style.setProperty('height', 0);
    this.input.style.setProperty('height', `${this.input.scrollHeight + 2}px`);
  }

  copy() {
    this.input.select();
    const done = document.execCommand('copy');
    // What is selected would be replaced by the next key, should the case come back.
    this.input.setSelectionRange(this.text.length, this.text.length);
    return done;
  }
}
