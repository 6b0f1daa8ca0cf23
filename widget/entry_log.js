// The entries of one conversation that this client has: ordered by `seq`, each once, without a gap.

export class EntryLog {
  entries = [];
  more = false; // older entries exist on the server

  // The `seq` of the newest entry; 0 when there is none.
  get last() {
    return this.entries.at(-1)?.seq || 0;
  }

  get first() {
    return this.entries[0]?.seq || 0;
  }

  // The fields of `hello` and `open` that ask for what comes after this log. The time tells the server whether the
  // number still means the same entry.
  get resumePoint() {
    return { after: this.last, after_at: this.entries.at(-1)?.at };
  }

  // True when `entries` continue this log. False when too many entries were missed, or when this log has entries that
  // the server has no longer.
  continues(entries) {
    return !this.last || !entries.length || entries[0].seq === this.last + 1;
  }

  // Returns 'new' (added), 'old' (known), or 'gap' (not added: entries before it are missing).
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
