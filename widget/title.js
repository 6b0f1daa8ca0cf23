// The page's title: in a tab that nobody looks at, the number of unread messages stands before it.

export class Title {
  // What the page wrote, and what we made of it; anything else is new from the page.
  mark(count) {
    if (document.title !== this.marked) this.plain = document.title;
    const wanted = count ? `(${count}) ${this.plain}` : this.plain;
    if (document.title !== wanted) document.title = wanted;
    this.marked = document.title;
  }
}
