// Reads what is pasted. Spreadsheets and word processors copy a picture of the text beside the text.

const END = { script: '</script', style: '</style' };
const CHARACTERS = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };

// The text of HTML, in one pass from front to back; nothing of it becomes an element.
export const htmlToText = (html) => {
  const lower = html.toLowerCase();
  const parts = [];
  for (let at = 0; at < html.length;) {
    const tag = html.indexOf('<', at);
    if (tag < 0) {
      parts.push(html.slice(at));
      break;
    }
    parts.push(html.slice(at, tag));
    const name = /^[a-z]{1,10}/.exec(lower.slice(tag + 1, tag + 12))?.[0];
    const end = lower.startsWith('<!--', tag) ? '-->' : END[name] || '>';
    if (['br', 'p', 'div', 'tr', 'li'].includes(name)) parts.push('\n');
    if (['td', 'th'].includes(name)) parts.push('\t');
    const close = lower.indexOf(end, tag + 1);
    // After `</style` comes the rest of that tag.
    const last = END[name] === end ? lower.indexOf('>', close) : close + end.length - 1;
    at = close < 0 || last < 0 ? html.length : last + 1;
  }
  return parts.join('').replace(/&(amp|lt|gt|quot|nbsp);/g, (_, name) => CHARACTERS[name]).trim();
};

// In: a DataTransfer. Out: {text, files}, the text alone where there is any, else the files. A file manager's text is
// the names of the files, and counts as none.
export const readClipboard = (data) => {
  const files = [...data.files];
  const plain = data.getData('text/plain');
  if (files.length && plain.trim() === files.map(({ name }) => name).join('\n')) return { text: '', files };
  const text = plain.trim() ? plain : htmlToText(data.getData('text/html'));
  return text ? { text, files: [] } : { text: '', files };
};
