// Strokes in quick succession are one text: where it began it goes on, or nowhere.

const QUIET = 800; // ms without a stroke, after which a new text begins

// A key that types something by itself. AltGr types; Ctrl, Alt and the command key alone do not.
export const isText = (event) => [...(event.key || '')].length === 1 && !event.metaKey
  && ((!event.altKey && !event.ctrlKey) || event.getModifierState('AltGraph'));

export class Burst {
  at = -Infinity;
  before = -Infinity;

  // Hears of each stroke before anybody else. Dictation and input methods type without keys.
  constructor() {
    const heard = (event) => {
      if (event.type === 'keydown' && !isText(event) && event.key !== 'Enter' && !event.isComposing) return;
      this.before = this.at;
      this.at = performance.now();
    };
    for (const type of ['keydown', 'compositionupdate', 'beforeinput']) window.addEventListener(type, heard, true);
  }

  // Somebody is typing.
  get isOn() {
    return performance.now() - this.at < QUIET;
  }

  // The stroke that is being heard of is the first of its text.
  get isFirst() {
    return this.at - this.before >= QUIET;
  }

  // When nobody is typing any more.
  async quiet() {
    while (this.isOn) {
      const rest = QUIET - (performance.now() - this.at);
      await new Promise((go) => { setTimeout(go, rest); });
    }
  }
}
