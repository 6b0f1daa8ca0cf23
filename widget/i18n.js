// Texts from locales/, and dates, sizes and waiting times as people write them in that language.

let messages;

// `all`: the messages of one language, by key.
export const setMessages = (all) => { messages = all; };

// The message of `key`; {name} is replaced by values.name.
export const t = (key, values) => messages[key].replace(/\{(\w+)\}/g, (_, name) => values?.[name] ?? '');

export const formatTime = (date) => new Intl.DateTimeFormat(messages.lang, {
  hour: '2-digit', minute: '2-digit',
}).format(date);

// "Today", "Yesterday", or the date. A day in the future, of a wrong clock, is a date, too.
export const formatDay = (date) => {
  const ago = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 864e5);
  const text = ago === 0 || ago === 1
    ? new Intl.RelativeTimeFormat(messages.lang, { numeric: 'auto' }).format(-ago, 'day')
    : new Intl.DateTimeFormat(messages.lang, { dateStyle: 'full' }).format(date);
  return text[0].toUpperCase() + text.slice(1);
};

// The position in the queue, and the wait ({low, high}, seconds) where it is known.
export const queuePosition = ({ position, wait }) => {
  const minutes = new Intl.NumberFormat(messages.lang, { style: 'unit', unit: 'minute', unitDisplay: 'long' });
  const [low, high] = wait ? [wait.low, wait.high].map((seconds) => Math.round(seconds / 60)) : [];
  const time = low && low < high ? minutes.formatRange(low, high) : minutes.format(high || 1);
  return t('queued', { n: position }) + (wait ? t('wait', { time }) : '');
};

export const formatSize = (bytes) => `${(Math.ceil(bytes / 104857.6) / 10).toLocaleString(messages.lang)} MB`;
