// One conversation in the console: the log that its visitor sees, the agents' notes, the case, and the state.
import { EntryLog } from '/widget/entry_log.js';

// Notes that the log tells, too, with an event for the visitor.
const TOLD_BY_EVENTS = ['taken', 'returned', 'closed', 'ticketed'];

export class Conversation {
  log = new EntryLog();
  notes = [];
  readSent = 0; // the seq of the last `read` frame

  constructor(id) {
    this.id = id;
  }

  // Takes an `opened` frame: everything, or after a lost connection what was missed.
  opened({ entries, notes, more, type, request, conversation, ...fields }) {
    Object.assign(this, fields);
    this.isOpen = true;
    if (!this.log.continues(entries)) Object.assign(this, { log: new EntryLog(), notes: [] });
    if (!this.log.last) this.log.more = more;
    for (const entry of entries) this.log.add(entry);
    for (const note of notes || []) this.addNote(note);
  }

  // After a reconnection notes come in any order, and may come twice.
  addNote(note) {
    if (this.notes.some(({ id }) => id === note.id)) return;
    this.notes.push(note);
    this.notes.sort((a, b) => a.id - b.id);
  }

  // Entries and notes by time: [{key, at, entry} or {key, at, note}].
  get timeline() {
    const items = [
      ...this.log.entries.map((entry) => ({ key: `e${entry.seq}`, at: entry.at, entry })),
      ...this.notes.filter(({ kind }) => !TOLD_BY_EVENTS.includes(kind))
        .map((note) => ({ key: `n${note.id}`, at: note.at, note })),
    ];
    return items.sort((a, b) => new Date(a.at) - new Date(b.at));
  }

  // True when the frame with this client_id is stored.
  isStored(clientId) {
    return this.log.entries.some((entry) => entry.client_id === clientId)
      || this.notes.some((note) => note.client_id === clientId);
  }
}
