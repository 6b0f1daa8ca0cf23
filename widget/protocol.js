// Frames of docs/protocol.md, and what of a text may become a link.

// The frame in `data` (JSON text, or parsed already); null when it is none.
export const readFrame = (data) => {
  try {
    const frame = typeof data === 'string' ? JSON.parse(data) : data;
    return typeof frame.type === 'string' ? frame : null;
  } catch {
    return null;
  }
};

// A UUID. Pages without TLS have no crypto.randomUUID, but every blob's URL ends in one. `webkitURL` is the standard's
// second name of URL: pages have `const URL = …` for an address of their own.
const uuid = () => {
  const url = webkitURL.createObjectURL(new Blob());
  webkitURL.revokeObjectURL(url);
  return url.slice(-36);
};

// A frame with an id of its own; fields that are undefined are left out by JSON.
export const newFrame = (type, fields) => ({ type, client_id: uuid(), ...fields });

// `url` if it leads to the web, else undefined: nothing that runs ever becomes a link.
export const webUrl = (url) => (/^https?:\/\//i.test(url) && webkitURL.canParse(url) ? url : undefined);

// What ends a link wherever it stands: spaces, quotation marks in pairs, full-width punctuation, unseen characters.
const URLS = /(https?:\/\/[^\s<>"“”„«»‹›。，、；：！？（）「」『』【】《》\u200b-\u200f\u2060\ufeff]+)/i;
// What ends a sentence or a quotation, and stands at the end of no link.
const TAIL = '.,;:!?…\'’‘`*|\\';
const OPEN = '([{';
const CLOSE = ')]}';

// How much of `url` is the link: without its tail, and without the brackets that it has not opened itself.
const lengthOf = (url) => {
  const deep = [0, 0, 0];
  for (const letter of url) {
    if (OPEN.includes(letter)) deep[OPEN.indexOf(letter)] -= 1;
    if (CLOSE.includes(letter)) deep[CLOSE.indexOf(letter)] += 1;
  }
  let end = url.length;
  for (; end; end -= 1) {
    const last = url[end - 1];
    const bracket = CLOSE.indexOf(last);
    const opened = OPEN.indexOf(last);
    if (bracket >= 0 && deep[bracket] > 0) deep[bracket] -= 1;
    else if (opened >= 0) deep[opened] += 1;
    else if (!TAIL.includes(last)) break;
  }
  return end;
};

// A text cut into plain text and links: [{text}, {text, url}, …].
export const splitLinks = (whole) => whole.split(URLS).flatMap((text, i) => {
  if (i % 2 === 0) return [{ text }];
  const end = lengthOf(text);
  const url = webUrl(text.slice(0, end));
  return url ? [{ text: url, url }, { text: text.slice(end) }] : [{ text }];
}).filter(({ text }) => text);
