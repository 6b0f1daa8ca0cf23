// Frames as docs/protocol.md has them: reads those of the gateway, makes those of the client.

const text = (value) => typeof value === 'string';
const object = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isEntry = (value) => object(value) && Number.isInteger(value.seq) && value.seq > 0 && text(value.author)
  && !Number.isNaN(Date.parse(value.at));
const entries = (value) => Array.isArray(value) && value.every(isEntry);
const isState = (value) => object(value) && text(value.status) && object(value.identity) && Array.isArray(value.doors);

const SHAPES = {
  welcome: (frame) => text(frame.conversation) && isState(frame.state) && entries(frame.entries),
  ack: (frame) => text(frame.client_id),
  entry: (frame) => isEntry(frame.entry),
  state: isState,
  typing: (frame) => text(frame.author),
  read: (frame) => Number.isInteger(frame.seq),
  history: (frame) => entries(frame.entries),
  error: (frame) => text(frame.code),
  pong: () => true,
};

// The frame in `data` (JSON text, or parsed already); null when it is none that we know.
export const readFrame = (data) => {
  let frame = data;
  if (text(data)) {
    try { frame = JSON.parse(data); } catch { return null; }
  }
  return object(frame) && Object.hasOwn(SHAPES, frame.type) && SHAPES[frame.type](frame) ? frame : null;
};

// A UUID; crypto.randomUUID is missing on pages without TLS.
export const uuid = () => crypto.randomUUID?.() ?? '10000000-1000-4000-8000-100000000000'.replace(/[018]/g,
  (digit) => (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));

// A frame with an id of its own; fields that are undefined are left out by JSON.
export const make = (type, fields) => ({ type, client_id: uuid(), ...fields });

// A message that says how an entry's text is cut into plain text and links: [{text}, {text, url}, …].
export const pieces = (whole) => {
  const found = [];
  let end = 0;
  for (const match of whole.matchAll(/https?:\/\/[^\s<>"']+/g)) {
    const url = match[0].replace(/[.,;:!?…)\]}]+$/, '');
    if (!URL.canParse(url)) continue;
    if (match.index > end) found.push({ text: whole.slice(end, match.index) });
    found.push({ text: url, url });
    end = match.index + url.length;
  }
  if (end < whole.length) found.push({ text: whole.slice(end) });
  return found;
};

// `url` if it leads to the web, else undefined: nothing that runs ever becomes a link.
export const webUrl = (url) => (/^https?:\/\//i.test(url) && URL.canParse(url) ? url : undefined);
