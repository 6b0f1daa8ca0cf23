// The golden frames of tests/wire; and frames, cards and fields that this client does not know.
import { renderCard } from '/widget/cards.js';
import { entryElement } from '/widget/entries.js';
import { splitLinks, webUrl } from '/widget/links.js';
import { newFrame, readFrame } from '/widget/protocol.js';
import { setMessages } from '/widget/i18n.js';
import words from '/widget/locales/en.js';
import { golden, ok, same } from './assert.js';
import { connectClient, entry, welcome } from './fake_connection.js';

const NAMES = ['ack', 'entry', 'error', 'history', 'pong', 'read', 'state', 'typing', 'welcome'];

// The client's events for each frame.
const EVENTS = {
  'ack': [], 'pong': [], 'read': ['read'], 'typing': ['typing'], 'state': ['state'], 'history': ['older'],
  'entry': ['entries'], 'welcome': ['reset', 'state', 'connection'], 'error rate_limited': ['outbox'],
  'error unavailable': ['outbox'], 'error invalid_form': ['rejected'], 'error unknown_key': ['forget', 'connection'],
};

export const every_golden_frame_is_taken = async () => {
  for (const name of NAMES) {
    for (const { frame, about } of await golden(`gateway-${name}`)) {
      const { client, receive, events } = connectClient();
      const seq = frame.entry?.seq ?? 100;
      if (name !== 'welcome') receive(welcome(seq > 1 ? [entry(seq - 1)] : [], { key: 'k', read: 0 }));
      if (frame.client_id) client.outbox.add({ type: 'say', client_id: frame.client_id, text: 'x' }, 'c_1');
      const before = events.length;
      ok(readFrame(JSON.stringify(frame)), `${name} ${about} is read`);
      receive(frame);
      same(events.slice(before).map(([event]) => event), EVENTS[frame.code ? `${name} ${frame.code}` : name], `${name} ${about}`);
      if (name === 'ack') same(client.outbox.items, [], 'acknowledged');
    }
  }
};

export const an_answer_to_nothing_is_an_end_of_the_line = () => {
  const { client, receive } = connectClient();
  receive(welcome([entry(1)], { key: 'k' }));
  receive({ type: 'error', code: 'unavailable', detail: '' });
  same([client.isOnline, client.connection.connects], [false, 2]);
};

export const the_golden_log_is_shown_whole = async () => {
  setMessages(words);
  const { client } = connectClient();
  const context = { client, storage: client.storage, rejections: {}, showError() {} };
  for (const { frame: { entry: one }, about } of await golden('gateway-entry')) {
    const made = entryElement(one, null, context);
    if (one.card) ok(renderCard(one, context), `${about} has its card`);
    const said = one.card ? one.card.lead || one.card.source : one.text;
    if (said && !one.rating) ok(made.textContent.includes(said), `${about} says ${said}`);
  }
};

export const an_unknown_card_shows_its_text = () => {
  setMessages(words);
  const { client } = connectClient();
  for (const card of [{ type: 'hologram' }, { type: 'phone' }, { type: 'constructor' }, { type: 'table', rows: 5 }]) {
    const made = entryElement(entry(1, { text: 'in words', card }), null, { client });
    ok(made.textContent.includes('in words'), `${card.type} falls back to the text`);
  }
};

export const unknown_frames_are_left_alone = () => {
  const { client, receive, events } = connectClient();
  receive(welcome([entry(1)], { key: 'k' }));
  const before = [events.length, client.log.entries.length];
  for (const type of ['dance', 'constructor', '__proto__', '']) receive({ type });
  same([events.length, client.log.entries.length], before);
  for (const data of ['', '{', '[1]', 'null', '5', '{"text":"x"}', null, undefined]) same(readFrame(data), null, `${data}`);
};

export const our_frames_are_like_the_golden_ones = async () => {
  const { client, receive, sent } = connectClient();
  receive(welcome([entry(1), entry(2)], { key: 'k' }));
  const fields = (frame) => Object.keys(JSON.parse(JSON.stringify(frame))).sort();
  const wanted = async (name, nth = 0) => fields((await golden(`client-${name}`))[nth].frame);
  for (const [name, nth, ours] of [
    ['say', 0, newFrame('say', { text: 'x', payload: undefined })], ['say', 1, newFrame('say', { text: 'x', payload: '/y' })],
    ['ticket', 0, newFrame('ticket', { values: {} })], ['rate', 0, newFrame('rate', { score: 4, solved: true, comment: 'x' })],
    ['rate', 1, newFrame('rate', { score: 5, solved: undefined, comment: undefined })], ['end', 0, newFrame('end')], ['leave_queue', 0, newFrame('leave_queue')],
  ]) same(fields(ours), await wanted(name, nth), name);
  client.markRead();
  client.identify(null);
  client.setLanguage('en');
  client.sendIfOnline('history', { before: 51 });
  client.sendIfOnline('typing');
  for (const frame of sent) same(fields(frame), await wanted(frame.type), frame.type);
  same(sent.map(({ type }) => type), ['read', 'identify', 'language', 'history', 'typing']);
  const hello = fields(client.hello());
  ok((await wanted('hello')).every((field) => hello.includes(field)), 'hello');
  ok(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(newFrame('end').client_id), 'a UUID in lower case');
};

export const only_web_addresses_become_links = () => {
  same(splitLinks('See https://a.id/x?y=1. Or (http://b.id), ok!').filter(({ url }) => url).map(({ url }) => url),
    ['https://a.id/x?y=1', 'http://b.id']);
  same(splitLinks('javascript:alert(1) data:x ftp://a https://[x http://').filter(({ url }) => url), []);
  same(splitLinks('a <b>https://x.id</b>').map(({ text }) => text).join(''), 'a <b>https://x.id</b>');
  same(['javascript:alert(1)', ' https://x', 'data:text/html,x', '//x.id', 'https://'].map(webUrl), Array(5).fill(undefined));
};

// What people write, and which part of it leads somewhere.
const LINKS = [
  ['See https://en.example.org/wiki/Zoom_(software)', 'https://en.example.org/wiki/Zoom_(software)'],
  ['(see https://en.example.org/wiki/Zoom_(software)).', 'https://en.example.org/wiki/Zoom_(software)'],
  ['(https://a.id/x)', 'https://a.id/x'],
  ['[here](https://a.id/x)', 'https://a.id/x'],
  ['https://a.id/?q[]=1&r={x}', 'https://a.id/?q[]=1&r={x}'],
  ['https://a.id/(a).)', 'https://a.id/(a)'],
  ['https://a.id/x(', 'https://a.id/x'],
  ['«https://example.com/ayuda».', 'https://example.com/ayuda'],
  ['“https://example.com/a”', 'https://example.com/a'],
  ['„https://example.com/a“', 'https://example.com/a'],
  ['‘https://example.com/a’', 'https://example.com/a'],
  ["'https://example.com/a'", 'https://example.com/a'],
  ['https://example.com/a。', 'https://example.com/a'],
  ['https://example.com/a，b', 'https://example.com/a'],
  ['（https://example.com/a）', 'https://example.com/a'],
  ['「https://example.com/a」', 'https://example.com/a'],
  ['**https://example.com/a**', 'https://example.com/a'],
  ['`https://example.com/a`', 'https://example.com/a'],
  ['https://example.com/a\\', 'https://example.com/a'],
  ['https://example.com/a\\\nlanjut', 'https://example.com/a'],
  ["https://example.com/it's?x=1", "https://example.com/it's?x=1"],
  ['https://example.com/a?!…', 'https://example.com/a'],
  ['https://example.com/a/', 'https://example.com/a/'],
  ['https://example.com/t?k=aB-_', 'https://example.com/t?k=aB-_'],
  ['https://ja.example.org/日本', 'https://ja.example.org/日本'],
  ['https://example.com/a\u200b b', 'https://example.com/a'],
  ['HTTPS://EXAMPLE.COM/A.', 'HTTPS://EXAMPLE.COM/A'],
];

export const a_link_is_whole_and_nothing_more = () => {
  for (const [text, url] of LINKS) {
    same(splitLinks(text).filter((piece) => piece.url).map((piece) => piece.url), [url], text);
    same(splitLinks(text).map((piece) => piece.text).join(''), text, `${text} is all there`);
  }
};

export const a_hostile_link_takes_as_many_looks_as_it_has_letters = () => {
  const { includes } = String.prototype;
  let looks = 0;
  String.prototype.includes = function counted(...values) {
    looks += 1;
    return includes.apply(this, values);
  };
  const count = (text) => {
    looks = 0;
    splitLinks(text);
    return looks;
  };
  try {
    for (const pump of ['(', ')', '.', '()', 'https://', '()[', "'"]) {
      const [one, two] = [1000, 2000].map((n) => count(`https://a.id/${pump.repeat(n)}`));
      ok(two <= 2.2 * one + 50, `${pump}: ${one}, then ${two}`);
      ok(two < 20 * pump.length * 2000, `${pump}: ${two}`);
    }
  } finally {
    String.prototype.includes = includes;
  }
};
