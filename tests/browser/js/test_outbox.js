// The outbox: messages go in order, one at a time, stay until they are acknowledged, and never come twice into the log.
import { BrowserStorage } from '/widget/storage.js';
import { ok, same, until } from './assert.js';
import { connectClient, entry, welcome } from './fake_connection.js';

export const in_order_one_at_a_time = () => {
  const { client, receive, sent, texts, ack } = connectClient();
  for (const text of ['a', 'b', 'c']) client.send('say', { text });
  same(texts(), [], 'nothing goes before the welcome');
  receive(welcome([entry(1)], { key: 'k' }));
  same(texts(), ['a']);
  ack(sent.at(-1), 2);
  same(texts(), ['a', 'b']);
  ack(sent.at(-1), 3);
  ack(sent.at(-1), 4);
  same([texts(), client.outbox.items], [['a', 'b', 'c'], []]);
};

export const sent_again_after_a_lost_line_with_the_same_id = () => {
  const { client, receive, sent, texts } = connectClient();
  receive(welcome([entry(1)], { key: 'k' }));
  client.send('say', { text: 'a' });
  client.send('say', { text: 'b' });
  client.onConnection(false);
  receive(welcome([]));
  same(texts(), ['a', 'a']);
  same(sent[0].client_id, sent[1].client_id);
};

export const an_entry_is_as_good_as_its_acknowledgement = () => {
  const { client, receive, sent, texts } = connectClient();
  receive(welcome([entry(1)], { key: 'k' }));
  client.send('say', { text: 'a' });
  client.send('say', { text: 'b' });
  client.onConnection(false);
  receive(welcome([entry(2, { author: 'visitor', client_id: sent[0].client_id })]));
  same(texts(), ['a', 'b'], 'the first was stored: only the second goes');
};

export const kept_over_a_reload = () => {
  const before = connectClient({ name: 'test:reload' });
  before.receive(welcome([entry(1)], { key: 'k' }));
  before.client.connection.send = () => true;
  before.client.send('say', { text: 'a' });
  before.client.send('say', { text: 'b', payload: '/p' });
  const after = connectClient({ name: 'test:reload' });
  after.receive(welcome([entry(1)]));
  same(after.ids(), before.ids());
  after.ack(after.sent.at(-1), 2);
  after.ack(after.sent.at(-1), 3);
  same([after.texts(), new BrowserStorage('test:reload').outboxItems()], [['a', 'b'], []]);
};

export const two_tabs_do_not_lose_each_others = () => {
  const storage = () => new BrowserStorage('test:tabs');
  const [one, other] = [connectClient({ storage: storage() }), connectClient({ storage: storage() })];
  one.client.send('say', { text: 'a' });
  other.client.send('say', { text: 'b' });
  same(storage().outboxItems().map(({ frame }) => frame.text).sort(), ['a', 'b']);
  storage().outboxItems().forEach(({ frame }) => storage().removeOutboxItem(frame.client_id));
};

export const what_was_written_for_another_conversation_is_not_said_in_this_one = () => {
  const { client, receive, texts } = connectClient();
  receive(welcome([entry(1)], { key: 'k' }));
  client.onConnection(false);
  client.send('say', { text: 'secret' });
  client.identify('another token');
  receive(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same([texts(), client.outbox.items], [[], []]);
};

export const who_goes_on_in_a_new_conversation_takes_along_what_was_not_sent = () => {
  const { client, receive, texts } = connectClient();
  receive(welcome([entry(1)], { key: 'k' }));
  client.onConnection(false);
  client.send('say', { text: 'still to say' });
  receive({ type: 'error', code: 'unknown_key', detail: '' });
  receive(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same(texts(), ['still to say']);
};

export const who_signs_out_takes_nothing_along = () => {
  const { client, receive, texts } = connectClient();
  receive(welcome([entry(1)], { key: 'k' }));
  client.onConnection(false);
  client.send('say', { text: 'secret' });
  client.identify(null);
  receive({ type: 'error', code: 'unknown_key', detail: '' });
  receive(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same(texts(), []);
};

export const too_fast_waits_and_keeps_the_order = async () => {
  const { client, receive, sent, texts } = connectClient();
  receive(welcome([entry(1)], { key: 'k' }));
  client.send('say', { text: 'a' });
  client.send('say', { text: 'b' });
  receive({ type: 'error', code: 'rate_limited', detail: '', client_id: sent[0].client_id, retry_after: 0.05 });
  same(texts(), ['a'], 'the second must not overtake');
  ok(client.outbox.items[0].retryTimer, 'marked as waiting');
  await until(() => texts().length === 2, 'sent again by itself');
  same(texts(), ['a', 'a']);
};

export const by_hand_at_once = () => {
  const { client, receive, sent, texts } = connectClient();
  receive(welcome([entry(1)], { key: 'k' }));
  client.send('say', { text: 'a' });
  receive({ type: 'error', code: 'unavailable', detail: '', client_id: sent[0].client_id, retry_after: 60 });
  client.retry();
  same(texts(), ['a', 'a']);
};

export const what_the_gateway_refuses_is_given_back_and_not_sent_again = () => {
  const { client, receive, sent, events, texts } = connectClient();
  receive(welcome([entry(1)], { key: 'k' }));
  client.send('say', { text: 'a' });
  client.send('say', { text: 'b' });
  receive({ type: 'error', code: 'too_long', detail: '', client_id: sent[0].client_id });
  const [, { item, error }] = events.find(([event]) => event === 'rejected');
  same([item.frame.text, error.code, texts()], ['a', 'too_long', ['a', 'b']]);
};

export const after_the_end_only_a_rating_goes = () => {
  const { client, receive, sent } = connectClient();
  receive(welcome([entry(1)], { key: 'k' }));
  client.send('say', { text: 'late' });
  receive({ type: 'error', code: 'closed', detail: '', client_id: sent[0].client_id });
  same([client.state.status, sent.length], ['closed', 1]);
  client.send('rate', { score: 5 });
  same(sent.at(-1).type, 'rate');
  client.startNew();
  receive(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same(sent.at(-1).text, 'late', 'what came too late opens the next conversation');
};

export const a_file_keeps_its_place_and_is_never_stored_here = async () => {
  const uploads = [];
  const { client, receive, texts, storage } = connectClient({
    upload: (item) => new Promise((resolve) => { uploads.push([item, resolve]); }),
  });
  receive(welcome([entry(1)], { key: 'k' }));
  client.send('file', { text: 'x.png' }, new File(['x'], 'x.png'));
  client.send('say', { text: 'see the picture' });
  same([uploads.length, texts(), storage.outboxItems().length], [1, [], 1]);
  const [item, resolve] = uploads[0];
  resolve([{ type: 'ack', client_id: item.frame.client_id, seq: 2, at: new Date().toISOString() }]);
  await until(() => texts().length === 1, 'the message after the file');
};

export const a_storage_that_is_forbidden_stops_nothing = () => {
  const real = Storage.prototype.setItem;
  Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
  try {
    const { client, receive, texts } = connectClient();
    receive(welcome([entry(1)], { key: 'k' }));
    client.send('say', { text: 'a' });
    same([texts(), client.hello().key], [['a'], 'k']);
  } finally {
    Storage.prototype.setItem = real;
  }
};
