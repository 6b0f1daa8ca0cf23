// Key strokes in quick succession are one burst: a text that belongs to the place where it began.

const PAUSE = 800; // ms without a stroke that end a burst

// True for a key that types a character. AltGr types; Ctrl, Alt and the command key alone do not.
export const isTextKey = (event) => [...(event.key || '')].length === 1 && !event.metaKey
  && ((!event.altKey && !event.ctrlKey) || event.getModifierState('AltGraph'));

export class TypingBurst {
  last = -Infinity; // time of the last stroke
  previous = -Infinity; // time of the one before

  // Hears every stroke before all other listeners. Dictation and input methods type without keys.
  constructor() {
    const onStroke = (event) => {
      if (event.type === 'keydown' && !isTextKey(event) && event.key !== 'Enter' && !event.isComposing) return;
      this.previous = this.last;
      this.last = performance.now();
    };
    for (const type of ['keydown', 'compositionupdate', 'beforeinput']) window.addEventListener(type, onStroke, true);
  }

  // True while somebody is typing.
  get isActive() {
    return performance.now() - this.last < PAUSE;
  }

  // True when the last stroke began a burst.
  get isFirstStroke() {
    return this.last - this.previous >= PAUSE;
  }

  // A promise of the burst's end.
  async ended() {
    while (this.isActive) {
      const rest = PAUSE - (performance.now() - this.last);
      await new Promise((resolve) => { setTimeout(resolve, rest); });
    }
  }
}
