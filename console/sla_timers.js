// Times that run: how long somebody waits, how much is left of a promise. Words say it, not colours alone.
import { h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';

const WARN = 0.75; // of the time that was promised
const now = () => Date.now();

// "45 s", "12 min", "3 h 5 min", "2 d 4 h".
export const span = (ms) => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (seconds < 60) return t('seconds', { n: seconds });
  if (minutes < 60) return t('minutes', { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t('hours', { n: hours, m: minutes % 60 });
  return t('days', { n: Math.floor(hours / 24), h: hours % 24 });
};

// How it stands with a promise: `level` is '', 'warn' or 'late', `text` says it.
export const promise = (since, by, done, at = now()) => {
  const [from, until] = [new Date(since).getTime(), new Date(by).getTime()];
  if (done) {
    const kept = new Date(done).getTime() <= until;
    return { level: kept ? 'kept' : 'late', text: t(kept ? 'clock_kept' : 'clock_missed') };
  }
  if (at >= until) return { level: 'late', text: t('clock_late', { span: span(at - until) }) };
  const level = (at - from) / (until - from) >= WARN ? 'warn' : '';
  return { level, text: t(level ? 'clock_soon' : 'clock_left', { span: span(until - at) }) };
};

// An element that says `tell()` ({level, text}), and says it anew each second.
export const ticking = (tell, look = 'span') => {
  const made = h(`${look}.tick`);
  made.tick = () => {
    const { level, text } = tell();
    if (made.textContent !== text) made.textContent = text;
    made.dataset.level = level || '';
  };
  made.tick();
  return made;
};

export const waiting = (since) => ticking(() => ({ text: span(now() - new Date(since)) }), 'time');

setInterval(() => { for (const each of document.getElementsByClassName('tick')) each.tick?.(); }, 1000);
