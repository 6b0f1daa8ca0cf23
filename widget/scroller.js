// A scrolling box that follows its end while new messages come. The widget and the console use it.
import { button, h } from './dom.js';
import { t } from './i18n.js';

export class Scroller {
  following = true;

  // `content`: the children. `loadOlder()` is called at the top.
  constructor(content, loadOlder) {
    const inner = h('div.inner', null, content);
    this.box = h('div.thread', {
      tabindex: 0, role: 'region', 'aria-label': t('log'), onscroll: () => {
        // Scrolling up stops the following; growing content does not.
        const { scrollTop } = this.box;
        this.following = this.end - scrollTop < 40 || (this.following && scrollTop >= this.top);
        this.top = scrollTop;
        if (this.following) this.newer.hidden = true;
        if (scrollTop < 20) loadOlder();
      },
    }, inner);
    this.newer = button(t('newer'), () => this.toEnd(), { class: 'newer', hidden: true });
    this.element = h('div.scroller', null, this.box, this.newer);
    // Pictures and opened forms grow later.
    const resized = new ResizeObserver(() => this.follow());
    resized.observe(inner);
    resized.observe(this.box);
  }

  // The `scrollTop` of the end.
  get end() {
    return this.box.scrollHeight - this.box.clientHeight;
  }

  toEnd() {
    this.following = true;
    this.newer.hidden = true;
    this.box.scrollTop = this.top = this.end;
  }

  follow() {
    if (this.following) this.toEnd();
  }
}
