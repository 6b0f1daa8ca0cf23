// The entries of one conversation, as this client has them: without a gap, each once, in the order of their numbers.

export class Log {
  entries = [];
  more = false;

  get last() {
    return this.entries.at(-1)?.seq || 0;
  }

  get first() {
    return this.entries[0]?.seq || 0;
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
