// Frames of docs/protocol.md and docs/console.md: reads and creates them.

// The frame in `data`, a JSON text or a parsed object; null when `data` is no frame.
export const readFrame = (data) => {
  try {
    const frame = typeof data === 'string' ? JSON.parse(data) : data;
    return typeof frame.type === 'string' ? frame : null;
  } catch {
    return null;
  }
};

// A UUID. Pages without TLS have no crypto.randomUUID, but the URL of every blob ends in a UUID. `webkitURL` is the
// standard's second name for URL: some pages define a `URL` of their own.
const uuid = () => {
  const url = webkitURL.createObjectURL(new Blob());
  webkitURL.revokeObjectURL(url);
  return url.slice(-36);
};

// A new frame with a `client_id`. JSON leaves out fields that are undefined.
export const newFrame = (type, fields) => ({ type, client_id: uuid(), ...fields });
