// The composer's base class: stores what is not sent, restores it, follows other tabs, discards it. Knows nothing of
// keys and buttons.
import { Drafts } from './drafts.js';

// A file that is rejected with one of these would be rejected again.
const PERMANENT = ['file_type', 'file_too_large'];

export class ComposerDrafts {
  get drafts() {
    return this.agentDrafts ||= new Drafts(this.client.agent.id, (id) => this.onOtherTab(id));
  }

  // What of a conversation is not sent: {say, note, files}.
  unsent(id) {
    const { say, note } = this.drafts.get(id);
    return { say: say.trim(), note: note.trim(), files: this.attachments.get(id).map(({ file }) => file) };
  }

  // True when an answer is not sent.
  get hasUnsentAnswer() {
    const { say, files } = this.unsent(this.conversation.id);
    return Boolean(say || files.length);
  }

  save(textBox = this.textBox) {
    const { conversationId: id } = textBox;
    const isShown = id === this.conversation.id;
    const draft = isShown ? this.draft : this.drafts.get(id);
    draft[textBox.mode] = textBox.text;
    if (isShown) draft.name = this.conversation.customer?.name;
    this.drafts.set(id, draft);
  }

  // Another tab of this agent has changed or sent the draft.
  onOtherTab(id) {
    if (id === this.conversation?.id) {
      this.draft = { ...this.drafts.get(id), mode: this.draft.mode };
      if (this.textBox.text !== this.draft[this.mode]) this.textBox.setText(this.draft[this.mode]);
      this.refresh();
    }
    this.onDraftsChanged();
  }

  // Brings a rejected item of the send queue back into the draft, once: another tab may have done so already.
  restore({ conversation: id, file, frame: { type, text } }, { code }) {
    const isShown = id === this.conversation?.id;
    if (file) {
      if (!PERMANENT.includes(code)) this.attachments.add(id, [file]);
    } else {
      const draft = isShown ? this.draft : this.drafts.get(id);
      if (!`${draft[type]}\n`.startsWith(`${text}\n`)) draft[type] = [text, draft[type]].filter(Boolean).join('\n');
      this.drafts.set(id, draft);
      if (isShown && this.mode === type) this.textBox.setText(draft[type]);
    }
    if (!isShown) return;
    if (type === 'say' && !this.isOwn && this.mode !== type && this.hasUnsentAnswer) this.openTextBox('say');
    this.refresh();
  }

  // The agent has ended the case: discards everything. Only notes can be written then.
  forget(id) {
    this.attachments.clear(id);
    this.drafts.remove(id);
    if (id !== this.conversation?.id) return;
    this.draft = { say: '', note: '' };
    this.textBox.setText('');
    this.endedId = id;
    this.afterEnd();
    this.refresh();
  }

  // Discards the unsent answer.
  discard() {
    this.attachments.clear(this.conversation.id);
    this.draft.say = '';
    this.openTextBox('note');
    this.save();
    this.refresh();
    this.onDraftsChanged();
  }
}
