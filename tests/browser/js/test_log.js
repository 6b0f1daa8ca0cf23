// The log: each entry once, in order, without a gap.
import { Log } from '/widget/log.js';
import { ok, same } from './check.js';
import { entry, talk, welcome } from './line.js';

const seqs = (log) => log.entries.map(({ seq }) => seq);

export const each_entry_once = () => {
  const log = new Log();
  same([1, 2, 2, 1, 3].map((seq) => log.add(entry(seq))), ['new', 'new', 'old', 'old', 'new']);
  same(seqs(log), [1, 2, 3]);
};

export const a_gap_is_not_taken = () => {
  const log = new Log();
  log.add(entry(5));
  same(log.add(entry(7)), 'gap');
  same(seqs(log), [5]);
};

export const older_ones_go_before = () => {
  const log = new Log();
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

export const a_new_key_is_another_conversation = () => {
  const { client, hear, keep, whats } = talk();
  hear(welcome([entry(1), entry(2)], { key: 'k1' }));
  keep.set({ drafts: { text: 'secret' } }, true);
  hear(welcome([entry(1)], { key: 'k2', conversation: 'c_2' }));
  same([seqs(client.log), keep.all().key, keep.all(true).drafts, client.hello().key], [[1], 'k2', {}, 'k2']);
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
  same(keep.all().key, 'k2');
};

export const who_begins_anew_goes_where_the_other_tab_is = () => {
  const { client, hear, keep } = talk();
  hear(welcome([entry(1)], { key: 'k1' }));
  keep.set({ key: 'k2' });
  client.anew();
  same(client.hello().key, 'k2');
};

export const unread_are_those_of_others_after_the_last_read = () => {
  const { client, hear } = talk();
  hear(welcome([entry(1), entry(2, { author: 'visitor' }), entry(3)], { key: 'k1', read: 1 }));
  same(client.unread(), 1);
  hear({ type: 'read', seq: 3 });
  same(client.unread(), 0);
};
