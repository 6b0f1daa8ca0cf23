// The panel: a dialog beside the page, or over the whole page on a small screen. Creates its parts and arranges them.
import { Banner } from './banner.js';
import { Composer } from './composer.js';
import { contactOption } from './contact_option.js';
import { button, h, icon, iconButton } from './dom.js';
import { queuePosition, t } from './i18n.js';
import { Menu } from './menu.js';
import { Rating } from './rating.js';
import { Thread } from './thread.js';

const SMALL = matchMedia('(max-width: 480px), (max-height: 480px)');
const TOUCH = matchMedia('(hover: none)');
// Events in the panel that the page's shortcuts, editors, drop zones, smooth scrolling and copy protection must not see.
const PRIVATE_EVENTS = ['keydown', 'keyup', 'keypress', 'beforeinput', 'input', 'compositionstart', 'compositionend',
  'copy', 'cut', 'paste', 'dragenter', 'dragover', 'dragleave', 'drop', 'wheel', 'touchstart', 'touchmove', 'mousedown',
  'selectstart', 'contextmenu'];
const FOCUS_EVENTS = ['focus', 'focusin'];
const VIEWPORT_EVENTS = ['resize', 'scroll'];

export class Panel {
  // `context`: what the parts share (app.js). The panel adds toDefaultFocus() and ask().
  constructor(context) {
    context.toDefaultFocus = () => this.focusDefault();
    context.ask = (...question) => this.banner.confirm(...question);
    Object.assign(this, context, { context });
    this.banner = new Banner(context);
    this.menu = new Menu(context);
    this.thread = new Thread(context);
    this.composer = new Composer(context);
    this.rating = new Rating(context);
    this.status = h('p.status', null);
    this.contact = h('div.contact.row', null);
    this.dialog = h('dialog', {
      'aria-labelledby': 'title', class: 'panel', lang: this.lang(),
      onkeydown: (event) => event.key === 'Escape' && !event.isComposing && this.goBack(event),
      // Android's back button. A file dialog that is cancelled causes this event, too.
      oncancel: (event) => event.target === this.dialog && this.goBack(event),
      // Otherwise the browser opens a dropped file in place of the page.
      ondragover: (event) => event.dataTransfer.types.includes('Files') && event.preventDefault(),
      ondrop: (event) => {
        const { files } = event.dataTransfer;
        if (!files.length) return;
        event.preventDefault();
        if (!this.composer.element.hidden) this.composer.addFiles(files);
      },
    },
    h('header', { role: 'none' }, h('i.bolt'),
      h('div.name', null, h('h2', { id: 'title' }, t('title')), this.status),
      this.menu.opener, iconButton('close', t('close'), this.close)),
    this.menu.list, this.banner.element, this.thread.scroller.element, this.thread.privacyNotice, this.contact,
    this.composer.element, this.rating.element);
    for (const type of PRIVATE_EVENTS) {
      this.dialog.addEventListener(type, (event) => event.stopPropagation(), { passive: true });
    }
    // A dialog of the page that traps the focus must not see that the focus is here.
    this.hideFocus = (event) => event.target === this.root.host && event.stopImmediatePropagation();
    for (const type of FOCUS_EVENTS) window.addEventListener(type, this.hideFocus, true);
    for (const type of VIEWPORT_EVENTS) visualViewport.addEventListener(type, this.fitViewport);
    this.fitViewport();
  }

  // A phone's keyboard covers the lower part of the page and may move the rest. A visitor who zooms in with two fingers
  // needs no change.
  fitViewport = () => {
    const { height, offsetTop, scale } = visualViewport;
    if (scale < 1.1) {
      this.dialog.style.setProperty('--viewport-height', `${height}px`);
      this.dialog.style.setProperty('--viewport-top', `${offsetTop}px`);
    }
    if (this.dialog.open && SMALL.matches !== this.dialog.matches(':modal')) this.open();
  };

  remove() {
    for (const type of VIEWPORT_EVENTS) visualViewport.removeEventListener(type, this.fitViewport);
    for (const type of FOCUS_EVENTS) window.removeEventListener(type, this.hideFocus, true);
    this.dialog.remove();
  }

  // Modal on a small screen: the browser then keeps the focus inside. Else beside the page, which stays usable.
  open() {
    this.dialog.close();
    if (SMALL.matches) this.dialog.showModal();
    else this.dialog.open = true;
    this.composer.fitHeight();
    this.thread.scroller.toEnd();
  }

  // Focuses the input; on a touch screen the thread, for the input would open the keyboard.
  focusDefault() {
    const toInput = !TOUCH.matches && !this.composer.element.hidden;
    (toInput ? this.composer.input : this.thread.scroller.box).focus({ preventScroll: true });
  }

  goBack(event) {
    event.preventDefault();
    if (this.menu.list.hidden) this.close();
    else this.menu.toggle(false);
  }

  refresh() {
    const { client, context, say } = this;
    const { status, queue, agent, contact_options, lang } = client.state;
    const waiting = status === 'queued' || status === 'transferred';
    const closed = status === 'closed';
    const position = waiting && (queue ? queuePosition(queue) : t('waiting'));
    this.status.textContent = !client.isOnline ? t('connecting') : position
      || (status === 'connected' ? t('with_agent', { name: agent || '' }) : t(closed ? 'ended' : 'assistant'));
    const signIn = contact_options.filter((option) => option.type === 'sign_in')
      .map((option) => contactOption(option, context, { lang, className: 'button quiet' }));
    const drawn = [position, signIn.length, lang].join();
    if (drawn !== this.drawn) {
      this.contact.replaceChildren(...(waiting
        ? [h('p', null, position), button(t('leave_queue'), () => client.send('leave_queue'), { class: 'quiet' })]
        : [button([icon('agent'), t('talk')], (event) => say(t('talk'), '/talk_to_human', event)), ...signIn]));
    }
    this.drawn = drawn;
    this.contact.hidden = closed || status === 'connected';
    this.composer.element.hidden = closed;
    this.composer.attachButton.disabled = !client.isOnline;
    this.rating.refresh();
    this.banner.refresh();
    this.thread.refresh();
  }
}
