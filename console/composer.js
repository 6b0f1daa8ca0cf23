// Where the agent writes: an answer to the visitor, or a note that only agents see. Enter sends, Shift+Enter adds a line.
// A text belongs to the conversation that it was typed for, and is sent to no other.
import { button, h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { CannedAnswers, unfilledPlaceholder } from './canned_answers.js';
import { readClipboard } from './clipboard.js';
import { ComposerDrafts } from './composer_drafts.js';
import { ComposerFocus } from './composer_focus.js';
import { icon } from './icons.js';
import { LostCaseBanner } from './lost_case_banner.js';
import { PendingAttachments } from './pending_attachments.js';
import { TextBox } from './text_box.js';

export class Composer extends ComposerDrafts {
  constructor({ client, onDraftsChanged, showToast, typingBurst }) {
    super();
    Object.assign(this, { client, onDraftsChanged, showToast });
    this.focusControl = new ComposerFocus({ typingBurst, composer: this });
    this.modeButtons = h('div.modes', { role: 'group', 'aria-label': t('mode') },
      ['say', 'note'].map((mode) => button(mode === 'note' ? [icon('note'), t('mode_note')] : t('mode_say'),
        () => this.setMode(mode), { 'data-mode': mode })));
    this.attachments = new PendingAttachments({
      client, onPick: (files, id) => this.addFiles(files, id), onRemove: () => this.input.focus(),
      onError: (text) => showToast(text, 'error'),
    });
    this.cannedAnswers = new CannedAnswers({
      client, onChoose: (text) => this.insert(text), onClose: () => this.input.focus(),
    });
    this.cannedButton = button([icon('canned'), t('canned'), h('kbd.single-key', null, '/')],
      () => this.cannedAnswers.open(this.conversation), { class: 'soft' });
    this.sendButton = h('button.primary', { type: 'submit' }, icon('send'), h('span'));
    this.hint = h('p.hint');
    this.lostCase = new LostCaseBanner({
      client, onCopy: () => this.textBox.copy() && showToast(t('copied')), onDiscard: () => this.discard(),
    });
    this.toolbar = h('div.line', null, this.attachments.attachButton, this.cannedButton, this.hint, this.sendButton);
    this.box = h('div.box');
    this.element = h('form.composer', {
      onsubmit: (event) => {
        event.preventDefault();
        this.submit();
      },
    }, this.modeButtons, this.cannedAnswers.element, this.lostCase.element, this.box, this.attachments.list, this.toolbar);
  }

  get input() {
    return this.textBox.input;
  }

  // Shows a conversation. When the agent has just lost its case, the unsent answer stays readable.
  show(conversation) {
    const isOther = conversation.id !== this.conversation?.id;
    const wasOwn = !isOther && this.isOwn;
    this.conversation = conversation;
    this.isOwn = this.client.isOwn(conversation);
    if (isOther) {
      this.onBlur(this.textBox);
      this.cannedAnswers.close();
      this.draft = this.drafts.get(conversation.id);
      this.focusControl.block();
    }
    if (isOther) this.openTextBox(this.isOwn ? this.draft.mode || 'say' : this.hasUnsentAnswer ? 'say' : 'note');
    else if (this.isOwn && !wasOwn) this.caseGained();
    else if (!this.isOwn && this.mode === 'say') this.cannedAnswers.close();
    this.afterEnd();
    this.refresh();
    this.focusControl.apply();
  }

  // The agent has got the case. An unsent note, and what is being typed, does not become an answer.
  caseGained() {
    const isWritingNote = this.mode === 'note' && document.activeElement === this.input;
    if (isWritingNote) return;
    if (!this.textBox.text) this.openTextBox('say');
    this.focusControl.block();
  }

  // Opens a text box for the mode, unless it is open already.
  openTextBox(mode) {
    const { id } = this.conversation;
    if (this.textBox?.conversationId !== id || this.mode !== mode) {
      this.mode = mode;
      this.textBox = new TextBox(this, id, mode, this.draft[mode]);
      this.box.replaceChildren(this.input);
      this.textBox.fitHeight();
    }
    if (this.isOwn) this.draft.mode = mode;
  }

  // Shows what can be done now.
  refresh() {
    const { hasUnsentAnswer, isOwn, mode } = this;
    const isNote = mode === 'note';
    const isLost = !isNote && !isOwn;
    this.textBox.lock(this.focusControl.isBlocked || isLost);
    this.element.classList.toggle('writes-note', isNote);
    for (const each of this.modeButtons.children) {
      each.setAttribute('aria-pressed', each.dataset.mode === mode);
      each.disabled = each.dataset.mode === 'say' && !isOwn && !isLost && !hasUnsentAnswer;
    }
    this.sendButton.lastChild.textContent = t(isNote ? 'send_note' : 'send');
    this.hint.textContent = t(isNote ? 'hint_note' : 'hint_say');
    this.cannedButton.hidden = isNote;
    this.attachments.show(isNote ? null : this.conversation.id);
    this.toolbar.hidden = isLost;
    this.lostCase.show(isLost ? this.conversation : null, hasUnsentAnswer);
  }

  setMode(mode) {
    if (mode === 'say' && !this.isOwn && !this.hasUnsentAnswer) return;
    this.openTextBox(mode);
    this.save();
    this.refresh();
    this.focusControl.focus();
  }

  toggleMode() {
    this.setMode(this.mode === 'note' ? 'say' : 'note');
  }

  // A key or a paste outside of every field goes to the end of the text.
  takeStrayInput(pasteEvent) {
    if (!this.isOwn || this.textBox.isLocked) return;
    this.input.focus();
    this.input.setSelectionRange(this.textBox.text.length, this.textBox.text.length);
    if (pasteEvent) this.onPaste(this.textBox, pasteEvent, true);
  }

  onInput(textBox) {
    const { text } = textBox;
    const isShown = textBox === this.textBox;
    if (isShown && text === '/' && textBox.mode === 'say') {
      textBox.setText('');
      this.save();
      this.cannedAnswers.open(this.conversation);
      return;
    }
    textBox.fitHeight();
    this.save(textBox);
    if (isShown && textBox.mode === 'say') this.client.setTyping(this.conversation, Boolean(text));
  }

  onBlur(textBox) {
    if (textBox?.mode === 'say') {
      this.client.setTyping(this.client.conversations.get(textBox.conversationId), false);
    }
  }

  onKey(textBox, event) {
    if (event.key === 'Escape') {
      event.preventDefault();
      textBox.input.blur();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      if (!event.repeat && textBox === this.textBox) this.submit();
    }
  }

  // `isStray`: the paste event did not come from the text box, so the browser inserts nothing.
  onPaste(textBox, event, isStray = false) {
    const { text, files } = readClipboard(event.clipboardData);
    if (text && !isStray && event.clipboardData.getData('text/plain').trim()) return;
    event.preventDefault();
    if (textBox.isLocked || textBox !== this.textBox) return;
    if (text) this.insert(text);
    else this.addFiles(files);
  }

  submit() {
    const { client, conversation, mode, textBox } = this;
    const { id } = conversation;
    if (textBox.isLocked || textBox.conversationId !== id || id !== client.currentId) return;
    const text = textBox.text.trim();
    const max = client.config.limits[mode === 'note' ? 'note' : 'text'];
    const files = mode === 'say' ? this.attachments.get(id) : [];
    const placeholder = mode === 'say' && unfilledPlaceholder(text, client.config.canned);
    if (!text && !files.length) textBox.input.focus();
    else if ([...text].length > max) this.showToast(t('too_long', { max }), 'error');
    else if (placeholder) {
      textBox.select(placeholder);
      this.showToast(t('gap_left', { gap: placeholder }), 'error');
    } else {
      textBox.setText('');
      this.save();
      if (mode === 'say') client.setTyping(conversation, false);
      if (text) client.sendQueue.send(mode, id, text);
      if (files.length) this.attachments.clear(id);
      for (const { file } of files) client.sendQueue.send(mode, id, file.name, file);
    }
  }

  // Inserts a text at the cursor.
  insert(text) {
    if (this.textBox.isLocked) return;
    this.textBox.insert(text);
    this.input.focus();
    this.onInput(this.textBox);
  }

  // Changes to notes when the agent has ended the case.
  afterEnd() {
    if (this.isOwn || this.endedId !== this.conversation.id) return;
    this.endedId = null;
    if (this.mode === 'say') this.openTextBox('note');
  }

  // Adds files to a conversation, which may have left the screen since the agent began to choose them.
  addFiles(files, id = this.conversation.id) {
    const isShown = id === this.conversation.id;
    if (!files.length || !this.client.isOwn(this.client.conversations.get(id))) return;
    if (isShown && this.textBox.isLocked) return;
    if (isShown && this.mode === 'note') this.showToast(t('note_no_file'), 'error');
    else {
      this.attachments.add(id, files);
      if (isShown) this.input.focus();
    }
  }
}
