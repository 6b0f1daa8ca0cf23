// Finds the links in plain text, and tells which addresses may become links.

// `url` if it is a valid http or https address, else undefined: no script ever becomes a link.
export const webUrl = (url) => (/^https?:\/\//i.test(url) && webkitURL.canParse(url) ? url : undefined);

// A link ends before spaces, paired quotation marks, full-width punctuation and invisible characters.
const URL_PATTERN = /(https?:\/\/[^\s<>"“”„«»‹›。，、；：！？（）「」『』【】《》\u200b-\u200f\u2060\ufeff]+)/i;
// Punctuation of the sentence around a link; a link does not end in it.
const TRAILING = '.,;:!?…\'’‘`*|\\';
const OPENING = '([{';
const CLOSING = ')]}';

// How many characters of `url` are the link: without trailing punctuation and without closing brackets that `url` does
// not open.
const linkLength = (url) => {
  const surplus = [0, 0, 0]; // closing brackets that no opening one precedes, by kind
  for (const letter of url) {
    if (OPENING.includes(letter)) surplus[OPENING.indexOf(letter)] -= 1;
    if (CLOSING.includes(letter)) surplus[CLOSING.indexOf(letter)] += 1;
  }
  let end = url.length;
  for (; end; end -= 1) {
    const last = url[end - 1];
    const bracket = CLOSING.indexOf(last);
    const opened = OPENING.indexOf(last);
    if (bracket >= 0 && surplus[bracket] > 0) surplus[bracket] -= 1;
    else if (opened >= 0) surplus[opened] += 1;
    else if (!TRAILING.includes(last)) break;
  }
  return end;
};

// `whole` cut into plain text and links: [{text}, {text, url}, …].
export const splitLinks = (whole) => whole.split(URL_PATTERN).flatMap((text, i) => {
  if (i % 2 === 0) return [{ text }];
  const end = linkLength(text);
  const url = webUrl(text.slice(0, end));
  return url ? [{ text: url, url }, { text: text.slice(end) }] : [{ text }];
}).filter(({ text }) => text);
