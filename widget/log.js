// The entries of one conversation, as this client has them: without a gap, each once, in the order of their numbers.

export class Log {
  constructor() {
    this.clear();
  }

  clear() {
    this.entries = [];
    this.more = false;
  }

  get last() {
    return this.entries.at(-1)?.seq || 0;
  }

  get first() {
    return this.entries[0]?.seq || 0;
  }

  // 'new', 'old' (we have it), or 'gap' (something before it is missing: it was not taken).
  add(entry) {
    if (this.last && entry.seq <= this.last) return 'old';
    if (this.last && entry.seq > this.last + 1) return 'gap';
    this.entries.push(entry);
    return 'new';
  }

  // Older entries; true when any was new.
  prepend(entries, more) {
    const older = entries.filter((entry) => entry.seq < this.first);
    this.entries.unshift(...older);
    this.more = more;
    return older.length > 0;
  }
}
