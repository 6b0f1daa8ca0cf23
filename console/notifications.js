// Calls the agent: a short sound, and a desktop notification while the page is hidden.
import { t } from '/widget/i18n.js';

// Hertz, one after another, by the kind of the alert.
const TONES = {
  new_case: [660, 880], reserved_for_you: [660, 880, 990], assigned: [660, 880, 990], message: [740], late: [440, 440],
  lost: [520, 390],
};
const TONE_SECONDS = 0.14;

// Asks the browser's permission; call it in a click. Returns true when notifications are allowed.
export const requestPermission = async () => Boolean(globalThis.Notification)
  && (await Notification.requestPermission()) === 'granted';

export class Notifications {
  // `open(conversationId)` is called when the agent clicks a notification.
  constructor({ preferences, open }) {
    Object.assign(this, { preferences, open });
    // Browsers play sounds only after the first click or key.
    const unlock = () => {
      this.audio ||= new AudioContext();
      if (this.audio.state === 'suspended') this.audio.resume().catch(() => {});
    };
    for (const event of ['pointerdown', 'keydown']) document.addEventListener(event, unlock, { once: true });
  }

  playSound(kind) {
    if (!this.preferences.get('sound') || this.audio?.state !== 'running') return;
    (TONES[kind] || []).forEach((tone, i) => {
      const start = this.audio.currentTime + i * TONE_SECONDS;
      const [oscillator, gain] = [this.audio.createOscillator(), this.audio.createGain()];
      oscillator.frequency.value = tone;
      gain.gain.setValueAtTime(0.08, start);
      gain.gain.exponentialRampToValueAtTime(0.001, start + TONE_SECONDS);
      oscillator.connect(gain).connect(this.audio.destination);
      oscillator.start(start);
      oscillator.stop(start + TONE_SECONDS);
    });
  }

  // `alert`: a frame; `name`: the customer. Never shows what was said: other people may see the screen.
  notify({ kind, conversation }, name) {
    this.playSound(kind);
    const isAllowed = this.preferences.get('notifications') && globalThis.Notification?.permission === 'granted';
    if (!document.hidden || !isAllowed) return;
    const notification = new Notification(t(`alert_${kind}`), { body: name || '', tag: conversation });
    notification.onclick = () => {
      window.focus();
      notification.close();
      this.open(conversation);
    };
  }
}
