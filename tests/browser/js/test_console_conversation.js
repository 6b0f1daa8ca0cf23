// A conversation in the console: missed entries are added; a restored backup replaces everything.
import { same } from './assert.js';
import { entry } from './fake_connection.js';

const { Conversation } = await import('/test/console/conversation.js');
const opened = (seqs, notes = []) => ({
  type: 'opened', request: 'r', conversation: 'c', more: false, entries: seqs.map((seq) => entry(seq)),
  notes: notes.map((id) => ({ id, kind: 'note', at: entry(1).at, body: {} })),
});
const seqs = (conversation) => conversation.log.entries.map(({ seq }) => seq);
const ids = (conversation) => conversation.notes.map(({ id }) => id);

export const what_was_missed_is_added = () => {
  const conversation = new Conversation('c');
  conversation.opened(opened([1, 2], [1]));
  conversation.opened(opened([3], [1, 2]));
  same([seqs(conversation), ids(conversation)], [[1, 2, 3], [1, 2]]);
};

export const a_restored_backup_replaces_all = () => {
  const conversation = new Conversation('c');
  conversation.opened(opened([1, 2, 3, 4], [1, 2]));
  conversation.opened(opened([1, 2], [1]));
  same([seqs(conversation), ids(conversation)], [[1, 2], [1]]);
};
