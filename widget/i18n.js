// The words of the interface, from locales/, and times as people of that language write them.

let messages;

export const setMessages = (all) => { messages = all; };

// The word of this key, with {name} filled in.
export const t = (key, values) => messages[key].replace(/\{(\w+)\}/g, (_, name) => values?.[name] ?? '');

export const formatTime = (at) => new Intl.DateTimeFormat(messages.lang, { hour: '2-digit', minute: '2-digit' }).format(at);

// "Today", "yesterday", else the date: also of what a wrong clock takes to be in the future.
export const formatDay = (at) => {
  const ago = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 864e5);
  const said = ago === 0 || ago === 1 ? new Intl.RelativeTimeFormat(messages.lang, { numeric: 'auto' }).format(-ago, 'day')
    : new Intl.DateTimeFormat(messages.lang, { dateStyle: 'full' }).format(at);
  return said[0].toUpperCase() + said.slice(1);
};

// The place in the queue; `wait` in seconds, where it is known.
export const queuePosition = ({ position, wait }) => {
  const minutes = new Intl.NumberFormat(messages.lang, { style: 'unit', unit: 'minute', unitDisplay: 'long' });
  const [low, high] = wait ? [wait.low, wait.high].map((seconds) => Math.round(seconds / 60)) : [];
  const time = low && low < high ? minutes.formatRange(low, high) : minutes.format(high || 1);
  return t('queued', { n: position }) + (wait ? t('wait', { time }) : '');
};

export const formatSize = (bytes) => `${(Math.ceil(bytes / 104857.6) / 10).toLocaleString(messages.lang)} MB`;
