// What was copied elsewhere, as it is pasted: spreadsheets and word processors put a picture of the text beside it.

const END = { script: '</script', style: '</style' };
const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };

// The text of HTML, read once from front to back; nothing of it is ever made an element.
export const wordsOf = (html) => {
  const low = html.toLowerCase();
  const words = [];
  for (let at = 0; at < html.length;) {
    const tag = html.indexOf('<', at);
    if (tag < 0) {
      words.push(html.slice(at));
      break;
    }
    words.push(html.slice(at, tag));
    const name = /^[a-z]{1,10}/.exec(low.slice(tag + 1, tag + 12))?.[0];
    const end = low.startsWith('<!--', tag) ? '-->' : END[name] || '>';
    if (['br', 'p', 'div', 'tr', 'li'].includes(name)) words.push('\n');
    if (['td', 'th'].includes(name)) words.push('\t');
    const close = low.indexOf(end, tag + 1);
    // After `</style` comes the rest of that tag.
    const last = END[name] === end ? low.indexOf('>', close) : close + end.length - 1;
    at = close < 0 || last < 0 ? html.length : last + 1;
  }
  return words.join('').replace(/&(amp|lt|gt|quot|nbsp);/g, (_, name) => NAMED[name]).trim();
};

// {text, files}: text alone where there is any, else the files. A file manager's text is the names of the files.
export const pastedOf = (data) => {
  const files = [...data.files];
  const plain = data.getData('text/plain');
  if (files.length && plain.trim() === files.map(({ name }) => name).join('\n')) return { text: '', files };
  const text = plain.trim() ? plain : wordsOf(data.getData('text/html'));
  return text ? { text, files: [] } : { text: '', files };
};
