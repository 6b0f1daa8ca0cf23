// Decides when the text box may be written in, and when it gets the focus: a burst that began in another conversation
// ends first, and its text goes nowhere.

export class ComposerFocus {
  isBlocked = false; // by a burst

  constructor({ typingBurst, composer }) {
    Object.assign(this, { typingBurst, composer });
  }

  // Blocks the text box until the burst ends. Called when the screen shows another conversation.
  async block() {
    const { id } = this.composer.conversation;
    this.isBlocked = this.typingBurst.isActive;
    if (!this.isBlocked) return;
    await this.typingBurst.ended();
    if (this.composer.conversation.id !== id) return;
    this.isBlocked = false;
    this.composer.refresh();
  }

  // Focuses the text box of a conversation as soon as the agent has the case; null: no conversation.
  request(conversationId) {
    this.requestedId = conversationId;
    this.apply();
  }

  apply() {
    const { conversation, isOwn } = this.composer;
    if (!this.requestedId || this.requestedId !== conversation?.id || !isOwn) return;
    this.requestedId = null;
    this.focus();
  }

  // Focuses the text box after the burst, unless another field has the focus by then.
  async focus() {
    const { textBox } = this.composer;
    if (this.isBlocked) await this.typingBurst.ended();
    const focused = document.activeElement;
    if (textBox === this.composer.textBox && !document.querySelector('dialog[open]')
      && !focused?.matches('input, textarea, select')) textBox.input.focus();
  }
}
