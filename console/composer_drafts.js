// What the agent has begun and not sent: kept with its conversation, brought back, gone on with in another tab, thrown
// away. The half of the composer that knows nothing of keys.
import { Drafts } from './drafts.js';

// A file that is refused so is no better the next time.
const UNFIT = ['file_type', 'file_too_large'];

export class Begun {
  get drafts() {
    return this.kept ||= new Drafts(this.desk.agent.id, (conversation) => this.follow(conversation));
  }

  // What of a conversation is not sent yet: {say, note, files}.
  unsent(conversation) {
    const { say, note } = this.drafts.of(conversation);
    return { say: say.trim(), note: note.trim(), files: this.attached.of(conversation).map(({ file }) => file) };
  }

  get isKept() {
    const { say, files } = this.unsent(this.chat.id);
    return Boolean(say || files.length);
  }

  save(sheet = this.sheet) {
    const { drafts } = this;
    const own = sheet.conversation === this.chat.id;
    const draft = own ? this.draft : drafts.of(sheet.conversation);
    draft[sheet.mode] = sheet.text;
    if (own) draft.name = this.chat.customer?.name;
    drafts.set(sheet.conversation, draft);
  }

  // Another tab of the agent's has gone on with what was begun, or has sent it.
  follow(conversation) {
    if (conversation === this.chat?.id) {
      this.draft = { ...this.drafts.of(conversation), mode: this.draft.mode };
      if (this.sheet.text !== this.draft[this.mode]) this.sheet.set(this.draft[this.mode]);
      this.settle();
    }
    this.changed();
  }

  // What was refused comes back to where it can be changed, once: another tab may have brought it back already.
  restore({ conversation, file, frame: { type, text } }, { code }) {
    const own = conversation === this.chat?.id;
    if (file) {
      if (!UNFIT.includes(code)) this.attached.add(conversation, [file]);
    } else {
      const draft = own ? this.draft : this.drafts.of(conversation);
      if (!`${draft[type]}\n`.startsWith(`${text}\n`)) draft[type] = [text, draft[type]].filter(Boolean).join('\n');
      this.drafts.set(conversation, draft);
      if (own && this.mode === type) this.sheet.set(draft[type]);
    }
    if (!own) return;
    if (type === 'say' && !this.may && this.mode !== type && this.isKept) this.open('say');
    this.settle();
  }

  // The agent has ended the case: nothing of what was begun is kept, and only notes are left to write.
  forget(conversation) {
    this.attached.take(conversation);
    this.drafts.drop(conversation);
    if (conversation !== this.chat?.id) return;
    this.draft = { say: '', note: '' };
    this.sheet.set('');
    this.ended = conversation;
    this.finish();
    this.settle();
  }

  // The answer that was kept is thrown away.
  discard() {
    this.attached.take(this.chat.id);
    this.draft.say = '';
    this.open('note');
    this.save();
    this.settle();
    this.changed();
  }
}
