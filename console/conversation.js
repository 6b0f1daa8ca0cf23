// One conversation as the console has it: the log that its visitor sees, the agents' notes beside it, and its case.
import { EntryLog } from '/widget/entry_log.js';

export class Chat {
  log = new EntryLog();
  notes = [];
  mark = 0; // the seq that this agent has seen

  constructor(id) {
    this.id = id;
  }

  // An `opened` frame: all of it, or, after a lost line, what was missed.
  opened({ entries, notes, more, type, request, conversation, ...rest }) {
    Object.assign(this, rest);
    this.isOpen = true;
    if (!this.log.continues(entries)) Object.assign(this, { log: new EntryLog(), notes: [] });
    if (!this.log.last) this.log.more = more;
    for (const entry of entries) this.log.add(entry);
    for (const note of notes || []) this.noted(note);
  }

  // Notes come in no promised order after a reconnection, and perhaps twice.
  noted(note) {
    if (this.notes.some(({ id }) => id === note.id)) return;
    this.notes.push(note);
    this.notes.sort((a, b) => a.id - b.id);
  }

  // Entries and notes as they happened.
  get story() {
    const told = [
      ...this.log.entries.map((entry) => ({ key: `e${entry.seq}`, at: entry.at, entry })),
      ...this.notes.filter(({ kind }) => !this.seen(kind)).map((note) => ({ key: `n${note.id}`, at: note.at, note })),
    ];
    return told.sort((a, b) => new Date(a.at) - new Date(b.at));
  }

  // What the visitor was told by an event of the log is not told again by a note.
  seen(kind) {
    return ['taken', 'returned', 'closed', 'ticketed'].includes(kind);
  }

  has(id) {
    return this.log.entries.some((entry) => entry.client_id === id)
      || this.notes.some((note) => note.client_id === id);
  }
}
