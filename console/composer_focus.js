// When the text box may be written in, and when the cursor goes there: what somebody is still typing for another
// conversation goes in nowhere.

export class Cursor {
  held = false;

  constructor({ burst, composer }) {
    Object.assign(this, { burst, composer });
  }

  // Another conversation is shown now.
  async hold() {
    const { id } = this.composer.chat;
    this.held = this.burst.isOn;
    if (!this.held) return;
    await this.burst.quiet();
    if (this.composer.chat.id !== id) return;
    this.held = false;
    this.composer.settle();
  }

  // The cursor shall go to a conversation (`null`: to none) once it is the agent's.
  want(conversation) {
    this.wanted = conversation;
    this.settle();
  }

  settle() {
    const { chat, may } = this.composer;
    if (!this.wanted || this.wanted !== chat?.id || !may) return;
    this.wanted = null;
    this.focus();
  }

  // Once nobody is typing for another conversation, and unless the cursor is wanted elsewhere by then.
  async focus() {
    const { sheet } = this.composer;
    if (this.held) await this.burst.quiet();
    const at = document.activeElement;
    if (sheet === this.composer.sheet && !document.querySelector('dialog[open]')
      && !at?.matches('input, textarea, select')) sheet.input.focus();
  }
}
