// The entry log: each entry once, in order, without a gap.
import { EntryLog } from '/widget/entry_log.js';
import { ok, same, until } from './assert.js';
import { connectClient, entry, welcome } from './fake_connection.js';

const seqs = (log) => log.entries.map(({ seq }) => seq);

export const each_entry_once = () => {
  const log = new EntryLog();
  same([1, 2, 2, 1, 3].map((seq) => log.add(entry(seq))), ['new', 'new', 'old', 'old', 'new']);
  same(seqs(log), [1, 2, 3]);
};

export const a_gap_is_not_taken = () => {
  const log = new EntryLog();
  log.add(entry(5));
  same(log.add(entry(7)), 'gap');
  same(seqs(log), [5]);
};

export const older_ones_go_before = () => {
  const log = new EntryLog();
  log.add(entry(5));
  log.prepend([entry(3), entry(4), entry(5)], true);
  same([seqs(log), log.first, log.last, log.more], [[3, 4, 5], 3, 5, true]);
};

export const a_gap_asks_again_from_the_last_seen = () => {
  const { client, receive } = connectClient();
  receive(welcome([entry(1), entry(2)], { key: 'k1' }));
  receive({ type: 'entry', entry: entry(4) });
  same([client.connection.connects, client.hello().after, seqs(client.log)], [2, 2, [1, 2]]);
  receive(welcome([entry(3), entry(4)]));
  same(seqs(client.log), [1, 2, 3, 4]);
};

export const a_restored_backup_begins_anew = () => {
  const { client, receive, eventNames } = connectClient();
  receive(welcome([1, 2, 3, 4, 5].map((seq) => entry(seq)), { key: 'k1', read: 5 }));
  same([client.hello().after, client.hello().after_at], [5, entry(5).at]);
  // The log ends at 3; what is said next gets the numbers 4 and 5 once more.
  receive(welcome([entry(1), entry(2), entry(3)], { read: 3 }));
  same([seqs(client.log), eventNames().filter((event) => event === 'reset').length], [[1, 2, 3], 2]);
  receive({ type: 'entry', entry: entry(4, { author: 'visitor', text: 'after the restore' }) });
  receive({ type: 'entry', entry: entry(5, { text: 'answered' }) });
  same([client.log.entries.at(-1).text, client.unread()], ['answered', 1]);
};

export const a_log_that_grew_again_is_not_mixed = () => {
  const { client, receive } = connectClient();
  receive(welcome([1, 2, 3, 4, 5].map((seq) => entry(seq)), { key: 'k1' }));
  const other = [1, 2, 3, 4, 5, 6].map((seq) => entry(seq, { text: `restored ${seq}` }));
  receive(welcome(other));
  same(client.log.entries.map(({ text }) => text), other.map(({ text }) => text));
};

export const a_deleted_conversation_takes_along_what_was_just_said = () => {
  const { client, receive, ids, texts } = connectClient();
  receive(welcome([entry(1)], { key: 'k1' }));
  client.send('say', { text: 'still here' });
  receive({ type: 'error', code: 'unknown_key', detail: '', client_id: ids()[0] });
  same([client.hello().key, client.hello().after], [undefined, 0]);
  receive(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same(texts(), ['still here', 'still here']);
};

export const a_new_key_is_another_conversation = () => {
  const { client, receive, storage, eventNames } = connectClient();
  receive(welcome([entry(1), entry(2)], { key: 'k1' }));
  storage.write({ drafts: { text: 'secret' } }, true);
  receive(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same([seqs(client.log), storage.read().key, storage.read(true).drafts, client.hello().key], [[1], 'k2', {}, 'k2']);
  ok(eventNames().includes('forget'), 'the page must forget what was typed');
};

export const the_first_key_forgets_nothing = () => {
  const { receive, eventNames } = connectClient();
  receive(welcome([entry(1)], { key: 'k1' }));
  ok(!eventNames().includes('forget'), 'what was typed before the welcome is kept');
};

export const an_unknown_key_begins_anew = () => {
  const { client, receive, storage } = connectClient();
  receive(welcome([entry(1)], { key: 'k1' }));
  receive({ type: 'error', code: 'unknown_key', detail: '' });
  same([client.hello().key, client.hello().after, client.connection.connects], [undefined, 0, 2]);
  receive(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same(storage.read().key, 'k2');
};

export const who_begins_anew_goes_where_the_other_tab_is = () => {
  const { client, receive, storage } = connectClient();
  receive(welcome([entry(1)], { key: 'k1' }));
  storage.write({ key: 'k2' });
  client.startNew();
  same(client.hello().key, 'k2');
};

export const tabs_begin_anew_one_after_the_other = async () => {
  const name = `test:${Math.random()}`;
  const tabs = ['k1', undefined].map((key) => {
    const tab = connectClient({ name });
    tab.receive(welcome([entry(1)], { key }));
    delete tab.client.whenNoOtherTabBegins;
    return tab;
  });
  tabs.forEach(({ client }) => client.startNew());
  const begins = ({ client }) => client.connection.connects === 2;
  await until(() => tabs.some(begins), 'one tab begins');
  ok(!tabs.every(begins), 'the other waits');
  const [first, second] = begins(tabs[0]) ? tabs : [tabs[1], tabs[0]];
  same(first.client.hello().key, undefined);
  first.receive(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  await until(() => begins(second), 'the other goes on');
  same(second.client.hello().key, 'k2');
};

export const the_tab_that_was_faster_is_joined_before_the_first_word = () => {
  const { client, receive, storage, texts } = connectClient();
  client.hello();
  client.send('say', { text: 'typed meanwhile' });
  storage.write({ key: 'k1' });
  receive(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same([client.hello().key, storage.read().key, seqs(client.log), texts()], ['k1', 'k1', [], []]);
  receive(welcome([entry(1), entry(2)], { conversation: 'c_1' }));
  same([seqs(client.log), texts()], [[1, 2], ['typed meanwhile']]);
};

export const who_begins_another_is_not_led_back = () => {
  const { client, receive, storage } = connectClient();
  client.hello();
  receive(welcome([entry(1)], { key: 'k1' }));
  client.startNew();
  same(client.hello().key, undefined);
  receive(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same([storage.read().key, client.key], ['k2', 'k2']);
};

export const unread_are_those_of_others_after_the_last_read = () => {
  const { client, receive } = connectClient();
  receive(welcome([entry(1), entry(2, { author: 'visitor' }), entry(3)], { key: 'k1', read: 1 }));
  same(client.unread(), 1);
  receive({ type: 'read', seq: 3 });
  same(client.unread(), 0);
};
