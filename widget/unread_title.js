// Shows the number of unread messages before the page's title, as "(2) Title". The widget and the console use it.

export class UnreadTitle {
  // The page's own title. A title that differs from what was shown here is new from the page.
  get own() {
    if (document.title !== this.shown) this.plain = document.title;
    return this.plain;
  }

  // `count` 0 or false shows the page's own title.
  show(count) {
    const title = count ? `(${count}) ${this.own}` : this.own;
    if (document.title !== title) document.title = title;
    this.shown = document.title;
  }
}
