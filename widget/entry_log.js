// The entries of one conversation, as this client has them: without a gap, each once, in the order of their numbers.

export class EntryLog {
  entries = [];
  more = false;

  get last() {
    return this.entries.at(-1)?.seq || 0;
  }

  get first() {
    return this.entries[0]?.seq || 0;
  }

  // What a gateway needs to know to go on after it: the time tells whether the number still means the same entry.
  get resumePoint() {
    return { after: this.last, after_at: this.entries.at(-1)?.at };
  }

  // Whether `entries` go on where this log ends. They don't when too many were missed, or when this log has what the
  // gateway has not any more.
  continues(entries) {
    return !this.last || !entries.length || entries[0].seq === this.last + 1;
  }

  // 'new', 'old' (we have it), or 'gap' (something before it is missing: it was not taken).
  add(entry) {
    const { last } = this;
    if (last && entry.seq <= last) return 'old';
    if (last && entry.seq > last + 1) return 'gap';
    this.entries.push(entry);
    return 'new';
  }

  prepend(entries, more) {
    this.entries.unshift(...entries.filter(({ seq }) => seq < this.first));
    this.more = more;
  }
}
