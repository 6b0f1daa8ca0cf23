// The words of the interface, from locales/, and times as people of that language write them.

let words = {};
export let lang = 'id';

export const speak = (all) => {
  words = all;
  lang = all.lang;
};

// The word of this key, with {name} filled in.
export const t = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

export const time = (at) => new Intl.DateTimeFormat(lang, { hour: '2-digit', minute: '2-digit' }).format(at);

// "Today", "yesterday", else the date.
export const day = (at) => {
  const midnight = (date) => new Date(date).setHours(0, 0, 0, 0);
  const ago = Math.round((midnight(new Date()) - midnight(at)) / 864e5);
  const said = ago < 2
    ? new Intl.RelativeTimeFormat(lang, { numeric: 'auto' }).format(-ago, 'day')
    : new Intl.DateTimeFormat(lang, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(at);
  return said[0].toUpperCase() + said.slice(1);
};

export const size = (bytes) => {
  const unit = bytes < 1048576 ? 'kilobyte' : 'megabyte';
  const amount = bytes / (unit === 'kilobyte' ? 1024 : 1048576);
  return new Intl.NumberFormat(lang, { style: 'unit', unit, maximumFractionDigits: amount < 10 ? 1 : 0 }).format(amount);
};
