// The page's title: in a tab that nobody looks at, the number of unread messages stands before it.

export class UnreadTitle {
  // What the page wrote. `marked` is what was made of it; anything else is new from the page.
  get own() {
    if (document.title !== this.marked) this.plain = document.title;
    return this.plain;
  }

  mark(count) {
    const wanted = count ? `(${count}) ${this.own}` : this.own;
    if (document.title !== wanted) document.title = wanted;
    this.marked = document.title;
  }
}
