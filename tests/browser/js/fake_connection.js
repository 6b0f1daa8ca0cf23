// A line that a test holds in its hands, in place of the connection, and a conversation over it.
import { Client } from '/widget/client.js';
import { BrowserStorage } from '/widget/storage.js';

export const entry = (seq, fields = {}) => ({
  seq, at: new Date(1e12 + seq * 1000).toISOString(), author: 'bot', kind: 'text', text: `entry ${seq}`, ...fields,
});

const STATE = { type: 'state', status: 'bot', lang: 'id', bot: 'up', identity: { status: 'anonymous' }, queue: null, agent: null, doors: [] };

export const welcome = (entries, fields = {}) => ({
  type: 'welcome', protocol: 1, conversation: 'c_1', state: STATE, entries, more: false, read: 0,
  limits: { text: 2000, file_bytes: 100, file_types: [] }, ...fields,
});

// `sent` is what went over the line, `told` what the page was told; `hear(frame)` is the gateway speaking.
export const talk = ({ name = `test:${Math.random()}`, keep = new BrowserStorage(name), upload } = {}) => {
  const sent = [];
  const told = [];
  const client = new Client('http://127.0.0.1:9', keep, {
    lang: 'id', token: null, upload, tell: (what, detail) => told.push([what, detail]),
  });
  client.line.stop();
  client.line = {
    begun: 0,
    now() { this.begun += 1; client.linked('connecting'); },
    send(frame) { sent.push(frame); return true; },
    stop() { this.stopped = true; },
    lost() { this.begun += 1; client.linked('offline'); },
    take: (frames) => frames.forEach((frame) => client.hear(frame)),
  };
  client.begin();
  return {
    client, keep, sent, told,
    hear: (frame) => client.hear(frame),
    texts: () => sent.filter(({ type }) => type === 'say').map(({ text }) => text),
    ids: () => client.outbox.items.map(({ frame }) => frame.client_id),
    ack: (frame, seq) => client.hear({ type: 'ack', client_id: frame.client_id, seq, at: new Date().toISOString() }),
    whats: () => told.map(([what]) => what),
  };
};
