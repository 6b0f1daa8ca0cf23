// A client of the widget over a fake connection: a test plays the gateway.
import { Client } from '/widget/client.js';
import { BrowserStorage } from '/widget/storage.js';

export const entry = (seq, fields = {}) => ({
  seq, at: new Date(1e12 + seq * 1000).toISOString(), author: 'bot', kind: 'text', text: `entry ${seq}`, ...fields,
});

const STATE = { type: 'state', status: 'bot', lang: 'id', bot: 'up', identity: { status: 'anonymous' }, queue: null, agent: null, contact_options: [] };

export const welcome = (entries, fields = {}) => ({
  type: 'welcome', protocol: 1, conversation: 'c_1', state: STATE, entries, more: false, read: 0,
  limits: { text: 2000, file_bytes: 100, file_types: [] }, ...fields,
});

// Returns: `sent` (the client's frames), `events` (of the client, [event, detail]), `receive(frame)` (a frame from the
// gateway), and shorthands.
export const connectClient = ({ name = `test:${Math.random()}`, storage = new BrowserStorage(name), upload } = {}) => {
  const sent = [];
  const events = [];
  const client = new Client('http://127.0.0.1:9', storage, {
    lang: 'id', token: null, upload, emit: (event, detail) => events.push([event, detail]),
  });
  client.connection.stop();
  client.connection = {
    connects: 0,
    connect() { this.connects += 1; client.onConnection(false); },
    send(frame) { sent.push(frame); return true; },
    disconnect() {},
    stop() { this.stopped = true; },
    lost() { this.connects += 1; client.onConnection(false); },
    receive: (frames) => frames.forEach((frame) => client.onFrame(frame)),
  };
  client.whenNoOtherTabBegins = (connect) => connect();
  client.connect();
  return {
    client, storage, sent, events,
    receive: (frame) => client.onFrame(frame),
    texts: () => sent.filter(({ type }) => type === 'say').map(({ text }) => text),
    ids: () => client.outbox.items.map(({ frame }) => frame.client_id),
    ack: (frame, seq) => client.onFrame({ type: 'ack', client_id: frame.client_id, seq, at: new Date().toISOString() }),
    eventNames: () => events.map(([event]) => event),
  };
};
