// Where the agent writes: an answer to the visitor, or a note that only agents see. Enter sends, Shift+Enter breaks the
// line. A text belongs to the conversation that it was typed for, and is sent to no other.
import { button, h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { Attached } from './pending_attachments.js';
import { Begun } from './composer_drafts.js';
import { Canned, gapIn } from './canned_answers.js';
import { pastedOf } from './clipboard.js';
import { Cursor } from './composer_focus.js';
import { icon } from './icons.js';
import { Loss } from './lost_case_banner.js';
import { Sheet } from './text_box.js';

export class Composer extends Begun {
  constructor({ burst, changed, desk, say }) {
    super();
    Object.assign(this, { changed, desk, say });
    this.cursor = new Cursor({ burst, composer: this });
    this.modes = h('div.modes', { role: 'group', 'aria-label': t('mode') },
      ['say', 'note'].map((mode) => button(mode === 'note' ? [icon('note'), t('mode_note')] : t('mode_say'),
        () => this.choose(mode), { 'data-mode': mode })));
    this.attached = new Attached({
      desk, changed: () => this.input.focus(), chosen: (files, conversation) => this.take(files, conversation),
      refused: (words) => say(words, 'bad'),
    });
    this.canned = new Canned({ desk, insert: (text) => this.insert(text), back: () => this.input.focus() });
    this.answers = button([icon('canned'), t('canned'), h('kbd.one', null, '/')], () => this.canned.open(this.chat), {
      class: 'soft',
    });
    this.send = h('button.main', { type: 'submit' }, icon('send'), h('span'));
    this.hint = h('p.hint');
    this.loss = new Loss({ desk, copy: () => this.sheet.copy() && say(t('copied')), discard: () => this.discard() });
    this.line = h('div.line', null, this.attached.tools, this.answers, this.hint, this.send);
    this.box = h('div.box');
    this.element = h('form.composer', {
      onsubmit: (event) => {
        event.preventDefault();
        this.submit();
      },
    }, this.modes, this.canned.element, this.loss.element, this.box, this.attached.list, this.line);
  }

  get input() {
    return this.sheet.input;
  }

  // The conversation that is shown. Of one that was the agent's until now the answer that was begun stays to be read.
  show(chat) {
    const other = chat.id !== this.chat?.id;
    const had = !other && this.may;
    this.chat = chat;
    this.may = this.desk.isMine(chat);
    if (other) {
      this.left(this.sheet);
      this.canned.close();
      this.draft = this.drafts.of(chat.id);
      this.cursor.hold();
    }
    if (other) this.open(this.may ? this.draft.mode || 'say' : this.isKept ? 'say' : 'note');
    else if (this.may && !had) this.gained();
    else if (!this.may && this.mode === 'say') this.canned.close();
    this.finish();
    this.settle();
    this.cursor.settle();
  }

  // The case is given to the agent. A note that was begun does not go on as an answer, nor does what is being typed.
  gained() {
    const isNoting = this.mode === 'note' && document.activeElement === this.input;
    if (isNoting) return;
    if (!this.sheet.text) this.open('say');
    this.cursor.hold();
  }

  // Opens the sheet of a mode; the one that is open already stays as it is.
  open(mode) {
    const { id } = this.chat;
    if (this.sheet?.conversation !== id || this.mode !== mode) {
      this.mode = mode;
      this.sheet = new Sheet(this, id, mode, this.draft[mode]);
      this.box.replaceChildren(this.input);
      this.sheet.grow();
    }
    if (this.may) this.draft.mode = mode;
  }

  // What can be done here now.
  settle() {
    const { isKept, may, mode } = this;
    const note = mode === 'note';
    const lost = !note && !may;
    this.sheet.lock(this.cursor.held || lost);
    this.element.classList.toggle('noting', note);
    for (const each of this.modes.children) {
      each.setAttribute('aria-pressed', each.dataset.mode === mode);
      each.disabled = each.dataset.mode === 'say' && !may && !lost && !isKept;
    }
    this.send.lastChild.textContent = t(note ? 'send_note' : 'send');
    this.hint.textContent = t(note ? 'hint_note' : 'hint_say');
    this.answers.hidden = note;
    this.attached.show(note ? null : this.chat.id);
    this.line.hidden = lost;
    this.loss.show(lost ? this.chat : null, isKept);
  }

  choose(mode) {
    if (mode === 'say' && !this.may && !this.isKept) return;
    this.open(mode);
    this.save();
    this.settle();
    this.cursor.focus();
  }

  toggle() {
    this.choose(this.mode === 'note' ? 'say' : 'note');
  }

  // Something is typed, or pasted, beside the text box.
  stray(paste) {
    if (!this.may || this.sheet.isLocked) return;
    this.input.focus();
    this.input.setSelectionRange(this.sheet.text.length, this.sheet.text.length);
    if (paste) this.pasted(this.sheet, paste, true);
  }

  typed(sheet) {
    const { text } = sheet;
    const own = sheet === this.sheet;
    if (own && text === '/' && sheet.mode === 'say') {
      sheet.set('');
      this.save();
      this.canned.open(this.chat);
      return;
    }
    sheet.grow();
    this.save(sheet);
    if (own && sheet.mode === 'say') this.desk.typing(this.chat, Boolean(text));
  }

  left(sheet) {
    if (sheet?.mode === 'say') this.desk.typing(this.desk.chats.get(sheet.conversation), false);
  }

  key(sheet, event) {
    if (event.key === 'Escape') {
      event.preventDefault();
      sheet.input.blur();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      if (!event.repeat && sheet === this.sheet) this.submit();
    }
  }

  submit() {
    const { chat, mode, sheet } = this;
    if (sheet.isLocked || sheet.conversation !== chat.id || chat.id !== this.desk.current) return;
    const text = sheet.text.trim();
    const most = this.desk.facts.limits[mode === 'note' ? 'note' : 'text'];
    const files = mode === 'say' ? this.attached.of(chat.id) : [];
    if (!text && !files.length) sheet.input.focus();
    else if ([...text].length > most) this.say(t('too_long', { max: most }), 'bad');
    else if (mode === 'say' && gapIn(text, this.desk.facts.canned)) {
      const gap = gapIn(text, this.desk.facts.canned);
      sheet.select(gap);
      this.say(t('gap_left', { gap }), 'bad');
    } else {
      sheet.set('');
      this.save();
      if (mode === 'say') this.desk.typing(chat, false);
      if (text) this.desk.sending.post(mode, chat, text);
      if (files.length) this.attached.take(chat.id);
      for (const { file } of files) this.desk.sending.post(mode, chat, file.name, file);
    }
  }

  // A canned answer at the cursor.
  insert(text) {
    if (this.sheet.isLocked) return;
    this.sheet.insert(text);
    this.input.focus();
    this.typed(this.sheet);
  }

  finish() {
    if (this.may || this.ended !== this.chat.id) return;
    this.ended = null;
    if (this.mode === 'say') this.open('note');
  }

  pasted(sheet, event, beside = false) {
    const { text, files } = pastedOf(event.clipboardData);
    if (text && !beside && event.clipboardData.getData('text/plain').trim()) return;
    event.preventDefault();
    if (sheet.isLocked || sheet !== this.sheet) return;
    if (text) this.insert(text);
    else this.take(files);
  }

  // Files for a conversation, which may have left the screen since somebody began to choose them.
  take(files, conversation = this.chat.id) {
    const own = conversation === this.chat.id;
    if (!files.length || !this.desk.isMine(this.desk.chats.get(conversation)) || (own && this.sheet.isLocked)) return;
    if (own && this.mode === 'note') this.say(t('note_no_file'), 'bad');
    else {
      this.attached.add(conversation, files);
      if (own) this.input.focus();
    }
  }
}
