// What calls an agent: a short sound, a notice of the desktop while the page is hidden, a number in the title.
import { t } from '/widget/i18n.js';

// Hertz, one after another.
const TONES = {
  new_case: [660, 880], kept_for_you: [660, 880, 990], assigned: [660, 880, 990], message: [740], late: [440, 440],
  lost: [520, 390],
};
const SECONDS = 0.14;

export class Alerts {
  constructor({ prefs, open }) {
    Object.assign(this, { prefs, open });
    // Browsers let nothing sound before somebody has pressed something.
    const wake = () => {
      this.audio ||= new AudioContext();
      if (this.audio.state === 'suspended') this.audio.resume().catch(() => {});
    };
    for (const event of ['pointerdown', 'keydown']) document.addEventListener(event, wake, { once: true });
  }

  ring(kind) {
    if (!this.prefs.get('sound') || this.audio?.state !== 'running') return;
    (TONES[kind] || []).forEach((tone, i) => {
      const begin = this.audio.currentTime + i * SECONDS;
      const [wave, gain] = [this.audio.createOscillator(), this.audio.createGain()];
      wave.frequency.value = tone;
      gain.gain.setValueAtTime(0.08, begin);
      gain.gain.exponentialRampToValueAtTime(0.001, begin + SECONDS);
      wave.connect(gain).connect(this.audio.destination);
      wave.start(begin);
      wave.stop(begin + SECONDS);
    });
  }

  // Says that something happened, never what was said: others may see the screen.
  tell({ kind, conversation }, name) {
    this.ring(kind);
    if (!document.hidden || !this.prefs.get('notices') || globalThis.Notification?.permission !== 'granted') return;
    const notice = new Notification(t(`alert_${kind}`), { body: name || '', tag: conversation });
    notice.onclick = () => {
      window.focus();
      notice.close();
      this.open(conversation);
    };
  }

  count(unread) {
    const title = unread ? `(${unread}) ${t('title')}` : t('title');
    if (document.title !== title) document.title = title;
  }
}

// Asks once, by a press of a button; whether notices may be shown now.
export const permit = async () => Boolean(globalThis.Notification)
  && (await Notification.requestPermission()) === 'granted';
