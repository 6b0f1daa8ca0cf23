// The panel: a dialog beside the page, or over all of it on a small screen; puts the parts in their places.
import { Composer } from './composer.js';
import { button, h, icon, iconButton } from './dom.js';
import { contactOption, Menu } from './menu.js';
import { Banner } from './banner.js';
import { Rating } from './rating.js';
import { Thread } from './thread.js';
import { queuePosition, t } from './i18n.js';

const SMALL = matchMedia('(max-width: 480px), (max-height: 480px)');
const TOUCH = matchMedia('(hover: none)');
// What happens in the panel and is no business of the page's shortcuts, editors, drop zones and smooth scrolling, nor of
// scripts that forbid to select and to copy.
const OWN = ['keydown', 'keyup', 'keypress', 'beforeinput', 'input', 'compositionstart', 'compositionend', 'copy', 'cut',
  'paste', 'dragenter', 'dragover', 'dragleave', 'drop', 'wheel', 'touchstart', 'touchmove', 'mousedown', 'selectstart',
  'contextmenu'];
const FOCUS = ['focus', 'focusin'];
const ROOM = ['resize', 'scroll'];

export class Panel {
  constructor(context) {
    context.settle = () => this.land();
    context.ask = (...question) => this.notice.confirm(...question);
    Object.assign(this, context, { context });
    this.notice = new Banner(context);
    this.menu = new Menu(context);
    this.thread = new Thread(context);
    this.composer = new Composer(context);
    this.rating = new Rating(context);
    this.status = h('p.status', null);
    this.person = h('div.person.row', null);
    this.dialog = h('dialog', {
      'aria-labelledby': 'title', class: 'panel', lang: this.lang(),
      onkeydown: (event) => event.key === 'Escape' && !event.isComposing && this.back(event),
      // Android's way back. A file dialog that is cancelled says so here, too.
      oncancel: (event) => event.target === this.dialog && this.back(event),
      // Else the browser opens a file that is dropped in place of the page.
      ondragover: (event) => event.dataTransfer.types.includes('Files') && event.preventDefault(),
      ondrop: (event) => {
        const { files } = event.dataTransfer;
        if (!files.length) return;
        event.preventDefault();
        if (!this.composer.element.hidden) this.composer.take(files);
      },
    },
    h('header', { role: 'none' }, h('i.bolt'),
      h('div.name', null, h('h2', { id: 'title' }, t('title')), this.status),
      this.menu.opener, iconButton('close', t('close'), this.shut)),
    this.menu.list, this.notice.element, this.thread.element, this.thread.about, this.person, this.composer.element,
    this.rating.element);
    for (const type of OWN) this.dialog.addEventListener(type, (event) => event.stopPropagation(), { passive: true });
    // A dialog of the page's that keeps the focus to itself does not hear that it has come here.
    this.hush = (event) => event.target === this.root.host && event.stopImmediatePropagation();
    for (const type of FOCUS) window.addEventListener(type, this.hush, true);
    // A phone's keyboard covers the page below it, and may move what is left; who zooms in with two fingers wants neither.
    this.fit = () => {
      const { height, offsetTop, scale } = visualViewport;
      if (scale < 1.1) {
        this.dialog.style.setProperty('--room', `${height}px`);
        this.dialog.style.setProperty('--top', `${offsetTop}px`);
      }
      if (this.dialog.open && SMALL.matches !== this.dialog.matches(':modal')) this.open();
    };
    for (const type of ROOM) visualViewport.addEventListener(type, this.fit);
    this.fit();
  }

  remove() {
    for (const type of ROOM) visualViewport.removeEventListener(type, this.fit);
    for (const type of FOCUS) window.removeEventListener(type, this.hush, true);
    this.dialog.remove();
  }

  // Over all on a small screen: the browser then keeps the focus inside. Else beside the page, which stays usable.
  open() {
    this.dialog.close();
    if (SMALL.matches) this.dialog.showModal();
    else this.dialog.open = true;
    this.composer.grow();
    this.thread.bottom();
  }

  // Where the focus goes when it has no place: to the text, but without a keyboard springing up on a touch screen.
  land() {
    const writing = !TOUCH.matches && !this.composer.element.hidden;
    (writing ? this.composer.input : this.thread.box).focus({ preventScroll: true });
  }

  back(event) {
    event.preventDefault();
    if (this.menu.list.hidden) this.shut();
    else this.menu.toggle(false);
  }

  refresh() {
    const { client, context, say } = this;
    const { status, queue, agent, doors, lang } = client.state;
    const waiting = status === 'queued' || status === 'transferred';
    const over = status === 'closed';
    const where = waiting && (queue ? queuePosition(queue) : t('waiting'));
    this.status.textContent = client.link !== 'online' ? t('connecting') : where
      || (status === 'connected' ? t('with_agent', { name: agent || '' }) : t(over ? 'ended' : 'assistant'));
    const ways = doors.filter((way) => way.door === 'sign_in')
      .map((way) => contactOption(way, context, { lang, look: 'b quiet' }));
    const key = [where, ways.length, lang].join();
    if (key !== this.drawn) {
      this.person.replaceChildren(...(waiting
        ? [h('p', null, where), button(t('leave_queue'), () => client.post('leave_queue'), { class: 'quiet' })]
        : [button([icon('agent'), t('talk')], (event) => say(t('talk'), '/talk_to_human', event)), ...ways]));
    }
    this.drawn = key;
    this.person.hidden = over || status === 'connected';
    this.composer.element.hidden = over;
    this.composer.attach.disabled = client.link !== 'online';
    this.rating.refresh();
    this.notice.refresh();
    this.thread.rest();
  }
}
