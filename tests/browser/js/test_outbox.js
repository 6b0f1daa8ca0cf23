// What is sent: in order, one at a time, kept until it is acknowledged, never twice in the log.
import { BrowserStorage } from '/widget/storage.js';
import { ok, same, until } from './assert.js';
import { entry, talk, welcome } from './fake_connection.js';

export const in_order_one_at_a_time = () => {
  const { client, hear, sent, texts, ack } = talk();
  for (const text of ['a', 'b', 'c']) client.post('say', { text });
  same(texts(), [], 'nothing goes before the welcome');
  hear(welcome([entry(1)], { key: 'k' }));
  same(texts(), ['a']);
  ack(sent.at(-1), 2);
  same(texts(), ['a', 'b']);
  ack(sent.at(-1), 3);
  ack(sent.at(-1), 4);
  same([texts(), client.outbox.items], [['a', 'b', 'c'], []]);
};

export const sent_again_after_a_lost_line_with_the_same_id = () => {
  const { client, hear, sent, texts } = talk();
  hear(welcome([entry(1)], { key: 'k' }));
  client.post('say', { text: 'a' });
  client.post('say', { text: 'b' });
  client.linked('offline');
  hear(welcome([]));
  same(texts(), ['a', 'a']);
  same(sent[0].client_id, sent[1].client_id);
};

export const an_entry_is_as_good_as_its_acknowledgement = () => {
  const { client, hear, sent, texts } = talk();
  hear(welcome([entry(1)], { key: 'k' }));
  client.post('say', { text: 'a' });
  client.post('say', { text: 'b' });
  client.linked('offline');
  hear(welcome([entry(2, { author: 'visitor', client_id: sent[0].client_id })]));
  same(texts(), ['a', 'b'], 'the first was stored: only the second goes');
};

export const kept_over_a_reload = () => {
  const before = talk({ name: 'test:reload' });
  before.hear(welcome([entry(1)], { key: 'k' }));
  before.client.line.send = () => true;
  before.client.post('say', { text: 'a' });
  before.client.post('say', { text: 'b', payload: '/p' });
  const after = talk({ name: 'test:reload' });
  after.hear(welcome([entry(1)]));
  same(after.ids(), before.ids());
  after.ack(after.sent.at(-1), 2);
  after.ack(after.sent.at(-1), 3);
  same([after.texts(), new BrowserStorage('test:reload').outboxItems()], [['a', 'b'], []]);
};

export const two_tabs_do_not_lose_each_others = () => {
  const keep = () => new BrowserStorage('test:tabs');
  const [one, other] = [talk({ keep: keep() }), talk({ keep: keep() })];
  one.client.post('say', { text: 'a' });
  other.client.post('say', { text: 'b' });
  same(keep().outboxItems().map(({ frame }) => frame.text).sort(), ['a', 'b']);
  keep().outboxItems().forEach(({ frame }) => keep().removeOutboxItem(frame.client_id));
};

export const what_was_written_for_another_conversation_is_not_said_in_this_one = () => {
  const { client, hear, texts } = talk();
  hear(welcome([entry(1)], { key: 'k' }));
  client.linked('offline');
  client.post('say', { text: 'secret' });
  client.identify('another token');
  hear(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same([texts(), client.outbox.items], [[], []]);
};

export const who_goes_on_in_a_new_conversation_takes_along_what_was_not_sent = () => {
  const { client, hear, texts } = talk();
  hear(welcome([entry(1)], { key: 'k' }));
  client.linked('offline');
  client.post('say', { text: 'still to say' });
  hear({ type: 'error', code: 'unknown_key', detail: '' });
  hear(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same(texts(), ['still to say']);
};

export const who_signs_out_takes_nothing_along = () => {
  const { client, hear, texts } = talk();
  hear(welcome([entry(1)], { key: 'k' }));
  client.linked('offline');
  client.post('say', { text: 'secret' });
  client.identify(null);
  hear({ type: 'error', code: 'unknown_key', detail: '' });
  hear(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same(texts(), []);
};

export const too_fast_waits_and_keeps_the_order = async () => {
  const { client, hear, sent, texts } = talk();
  hear(welcome([entry(1)], { key: 'k' }));
  client.post('say', { text: 'a' });
  client.post('say', { text: 'b' });
  hear({ type: 'error', code: 'rate_limited', detail: '', client_id: sent[0].client_id, retry_after: 0.05 });
  same(texts(), ['a'], 'the second must not overtake');
  ok(client.outbox.items[0].wait, 'marked as waiting');
  await until(() => texts().length === 2, 'sent again by itself');
  same(texts(), ['a', 'a']);
};

export const by_hand_at_once = () => {
  const { client, hear, sent, texts } = talk();
  hear(welcome([entry(1)], { key: 'k' }));
  client.post('say', { text: 'a' });
  hear({ type: 'error', code: 'unavailable', detail: '', client_id: sent[0].client_id, retry_after: 60 });
  client.retry();
  same(texts(), ['a', 'a']);
};

export const what_the_gateway_refuses_is_given_back_and_not_sent_again = () => {
  const { client, hear, sent, told, texts } = talk();
  hear(welcome([entry(1)], { key: 'k' }));
  client.post('say', { text: 'a' });
  client.post('say', { text: 'b' });
  hear({ type: 'error', code: 'too_long', detail: '', client_id: sent[0].client_id });
  const [, { item, error }] = told.find(([what]) => what === 'refused');
  same([item.frame.text, error.code, texts()], ['a', 'too_long', ['a', 'b']]);
};

export const after_the_end_only_a_rating_goes = () => {
  const { client, hear, sent } = talk();
  hear(welcome([entry(1)], { key: 'k' }));
  client.post('say', { text: 'late' });
  hear({ type: 'error', code: 'closed', detail: '', client_id: sent[0].client_id });
  same([client.state.status, sent.length], ['closed', 1]);
  client.post('rate', { score: 5 });
  same(sent.at(-1).type, 'rate');
  client.anew();
  hear(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same(sent.at(-1).text, 'late', 'what came too late opens the next conversation');
};

export const a_file_keeps_its_place_and_is_never_stored_here = async () => {
  const uploads = [];
  const { client, hear, texts, keep } = talk({
    upload: (item) => new Promise((resolve) => { uploads.push([item, resolve]); }),
  });
  hear(welcome([entry(1)], { key: 'k' }));
  client.post('file', { text: 'x.png' }, new File(['x'], 'x.png'));
  client.post('say', { text: 'see the picture' });
  same([uploads.length, texts(), keep.outboxItems().length], [1, [], 1]);
  const [item, resolve] = uploads[0];
  resolve([{ type: 'ack', client_id: item.frame.client_id, seq: 2, at: new Date().toISOString() }]);
  await until(() => texts().length === 1, 'the message after the file');
};

export const a_storage_that_is_forbidden_stops_nothing = () => {
  const real = Storage.prototype.setItem;
  Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
  try {
    const { client, hear, texts } = talk();
    hear(welcome([entry(1)], { key: 'k' }));
    client.post('say', { text: 'a' });
    same([texts(), client.hello().key], [['a'], 'k']);
  } finally {
    Storage.prototype.setItem = real;
  }
};
