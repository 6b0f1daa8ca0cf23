// Running times: how long a visitor has waited, and how much is left until the SLA's due times. The text says the state,
// the colour only repeats it.
import { h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';

const WARN_AT = 0.75; // of the promised time

// "45 s", "12 min", "3 h 5 min", "2 d 4 h". In: milliseconds.
export const formatDuration = (ms) => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (seconds < 60) return t('seconds', { n: seconds });
  if (minutes < 60) return t('minutes', { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t('hours', { n: hours, m: minutes % 60 });
  return t('days', { n: Math.floor(hours / 24), h: hours % 24 });
};

// The state of a due time, {level, text}: `level` is '', 'warn', 'late' or 'met'. `done`: when it was met, or null.
export const slaStatus = (since, due, done, now = Date.now()) => {
  const [start, end] = [new Date(since).getTime(), new Date(due).getTime()];
  if (done) {
    const isMet = new Date(done).getTime() <= end;
    return { level: isMet ? 'met' : 'late', text: t(isMet ? 'sla_met' : 'sla_missed') };
  }
  if (now >= end) return { level: 'late', text: t('sla_late', { time: formatDuration(now - end) }) };
  const level = (now - start) / (end - start) >= WARN_AT ? 'warn' : '';
  return { level, text: t(level ? 'sla_soon' : 'sla_left', { time: formatDuration(end - now) }) };
};

// An element that shows what status() returns, {level, text}, and updates every second.
export const liveElement = (status, selector = 'span') => {
  const element = h(`${selector}.live`);
  element.update = () => {
    const { level, text } = status();
    if (element.textContent !== text) element.textContent = text;
    element.dataset.level = level || '';
  };
  element.update();
  return element;
};

export const waitingTime = (since) => liveElement(() => ({ text: formatDuration(Date.now() - new Date(since)) }), 'time');

setInterval(() => { for (const element of document.getElementsByClassName('live')) element.update?.(); }, 1000);
