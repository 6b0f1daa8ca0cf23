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

// A UUID. Pages without TLS have no crypto.randomUUID, but every blob's URL ends in one.
const uuid = () => {
  const url = URL.createObjectURL(new Blob());
  URL.revokeObjectURL(url);
  return url.slice(-36);
};

// A frame with an id of its own; fields that are undefined are left out by JSON.
export const make = (type, fields) => ({ type, client_id: uuid(), ...fields });

// `url` if it leads to the web, else undefined: nothing that runs ever becomes a link.
export const webUrl = (url) => (/^https?:\/\//i.test(url) && URL.canParse(url) ? url : undefined);

// A text cut into plain text and links: [{text}, {text, url}, …].
export const pieces = (whole) => whole.split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?…)\]}])/)
  .map((text, i) => ({ text, url: i % 2 ? webUrl(text) : undefined })).filter(({ text }) => text);
