// The log: each entry once, in order, without a gap.
import { EntryLog } from '/widget/entry_log.js';
import { ok, same } from './assert.js';
import { entry, talk, welcome } from './fake_connection.js';

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
  const { client, hear } = talk();
  hear(welcome([entry(1), entry(2)], { key: 'k1' }));
  hear({ type: 'entry', entry: entry(4) });
  same([client.line.begun, client.hello().after, seqs(client.log)], [2, 2, [1, 2]]);
  hear(welcome([entry(3), entry(4)]));
  same(seqs(client.log), [1, 2, 3, 4]);
};

export const a_restored_backup_begins_anew = () => {
  const { client, hear, whats } = talk();
  hear(welcome([1, 2, 3, 4, 5].map((seq) => entry(seq)), { key: 'k1', read: 5 }));
  same([client.hello().after, client.hello().after_at], [5, entry(5).at]);
  // The log ends at 3; what is said next gets the numbers 4 and 5 once more.
  hear(welcome([entry(1), entry(2), entry(3)], { read: 3 }));
  same([seqs(client.log), whats().filter((what) => what === 'reset').length], [[1, 2, 3], 2]);
  hear({ type: 'entry', entry: entry(4, { author: 'visitor', text: 'after the restore' }) });
  hear({ type: 'entry', entry: entry(5, { text: 'answered' }) });
  same([client.log.entries.at(-1).text, client.unread()], ['answered', 1]);
};

export const a_log_that_grew_again_is_not_mixed = () => {
  const { client, hear } = talk();
  hear(welcome([1, 2, 3, 4, 5].map((seq) => entry(seq)), { key: 'k1' }));
  const other = [1, 2, 3, 4, 5, 6].map((seq) => entry(seq, { text: `restored ${seq}` }));
  hear(welcome(other));
  same(client.log.entries.map(({ text }) => text), other.map(({ text }) => text));
};

export const a_deleted_conversation_takes_along_what_was_just_said = () => {
  const { client, hear, ids, texts } = talk();
  hear(welcome([entry(1)], { key: 'k1' }));
  client.post('say', { text: 'still here' });
  hear({ type: 'error', code: 'unknown_key', detail: '', client_id: ids()[0] });
  same([client.hello().key, client.hello().after], [undefined, 0]);
  hear(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same(texts(), ['still here', 'still here']);
};

export const a_new_key_is_another_conversation = () => {
  const { client, hear, keep, whats } = talk();
  hear(welcome([entry(1), entry(2)], { key: 'k1' }));
  keep.write({ drafts: { text: 'secret' } }, true);
  hear(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same([seqs(client.log), keep.read().key, keep.read(true).drafts, client.hello().key], [[1], 'k2', {}, 'k2']);
  ok(whats().includes('forget'), 'the page must forget what was typed');
};

export const the_first_key_forgets_nothing = () => {
  const { hear, whats } = talk();
  hear(welcome([entry(1)], { key: 'k1' }));
  ok(!whats().includes('forget'), 'what was typed before the welcome is kept');
};

export const an_unknown_key_begins_anew = () => {
  const { client, hear, keep } = talk();
  hear(welcome([entry(1)], { key: 'k1' }));
  hear({ type: 'error', code: 'unknown_key', detail: '' });
  same([client.hello().key, client.hello().after, client.line.begun], [undefined, 0, 2]);
  hear(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same(keep.read().key, 'k2');
};

export const who_begins_anew_goes_where_the_other_tab_is = () => {
  const { client, hear, keep } = talk();
  hear(welcome([entry(1)], { key: 'k1' }));
  keep.write({ key: 'k2' });
  client.anew();
  same(client.hello().key, 'k2');
};

export const the_tab_that_was_faster_is_joined_before_the_first_word = () => {
  const { client, hear, keep, texts } = talk();
  client.hello();
  client.post('say', { text: 'typed meanwhile' });
  keep.write({ key: 'k1' });
  hear(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same([client.hello().key, keep.read().key, seqs(client.log), texts()], ['k1', 'k1', [], []]);
  hear(welcome([entry(1), entry(2)], { conversation: 'c_1' }));
  same([seqs(client.log), texts()], [[1, 2], ['typed meanwhile']]);
};

export const who_begins_another_is_not_led_back = () => {
  const { client, hear, keep } = talk();
  client.hello();
  hear(welcome([entry(1)], { key: 'k1' }));
  client.anew();
  same(client.hello().key, undefined);
  hear(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same([keep.read().key, client.key], ['k2', 'k2']);
};

export const unread_are_those_of_others_after_the_last_read = () => {
  const { client, hear } = talk();
  hear(welcome([entry(1), entry(2, { author: 'visitor' }), entry(3)], { key: 'k1', read: 1 }));
  same(client.unread(), 1);
  hear({ type: 'read', seq: 3 });
  same(client.unread(), 0);
};
