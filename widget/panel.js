// The panel: a dialog beside the page, or over all of it on a small screen; puts the parts in their places.
import { Composer } from './composer.js';
import { button, h, signed } from './dom.js';
import { door, Menu } from './menu.js';
import { Notice } from './notice.js';
import { Rating } from './rating.js';
import { Thread } from './thread.js';
import { t } from './words.js';

const SMALL = matchMedia('(max-width: 480px), (max-height: 480px)');
const TOUCH = matchMedia('(hover: none)');

export class Panel {
  constructor(context) {
    Object.assign(this, context, { context });
    Object.assign(context, {
      settle: () => this.settle(),
      ask: (...question) => this.notice.ask(...question),
    });
    this.notice = new Notice(context);
    this.menu = new Menu(context);
    this.thread = new Thread(context);
    this.composer = new Composer(context);
    this.rating = new Rating(context);
    this.status = h('p', { class: 'status' });
    this.person = h('div', { class: 'person' });
    const bolt = this.button.querySelector('svg').cloneNode(true);
    this.dialog = h('dialog', {
      'aria-labelledby': 'title', class: 'panel', lang: this.lang(), on: {
        keydown: (event) => this.key(event),
        cancel: (event) => event.preventDefault(),
      },
    },
    h('header', {}, h('div', { class: 'mark' }, bolt), h('div', { class: 'name' }, h('h2', { id: 'title', text: t('title') }), this.status),
      this.menu.opener, signed('close', t('close'), () => this.shut())),
    this.menu.list, this.notice.element, this.thread.element, this.person, this.composer.element, this.rating.element);
    this.fit = () => this.dialog.open && SMALL.matches !== this.dialog.matches(':modal') && this.open(false, true);
    SMALL.addEventListener('change', this.fit);
    this.size = () => this.dialog.style.setProperty('--room', `${visualViewport.height}px`);
    visualViewport.addEventListener('resize', this.size);
    this.size();
  }

  remove() {
    SMALL.removeEventListener('change', this.fit);
    visualViewport.removeEventListener('resize', this.size);
    this.dialog.remove();
  }

  // Over all on a small screen: the browser then keeps the focus inside. Else beside the page, which stays usable.
  open(focus, again = false) {
    if (this.dialog.open && !again) return;
    this.dialog.close();
    if (SMALL.matches) this.dialog.showModal();
    else this.dialog.setAttribute('open', '');
    this.composer.grow();
    this.thread.bottom();
    if (focus) this.settle();
  }

  // Where the focus goes when it has no place: to the text, but without a keyboard springing up on a touch screen.
  settle() {
    const writing = !TOUCH.matches && !this.composer.element.hidden;
    (writing ? this.composer.input : this.thread.box).focus({ preventScroll: true });
  }

  key(event) {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (this.menu.open) this.menu.toggle(false);
    else this.shut();
  }

  refresh() {
    const { client } = this;
    const { status, queue, agent, doors, lang } = client.state;
    const waiting = status === 'queued' || status === 'transferred';
    const line = status === 'connected' ? t('with_agent', { name: agent || t('agent_nameless') })
      : waiting ? t('waiting') : status === 'closed' ? t('ended') : t('assistant');
    this.status.textContent = client.link === 'online' ? line : t('connecting');
    const leave = button(t('leave_queue'), () => client.post('leave_queue'), { class: 'quiet' });
    const talk = button(t('talk'), (event) => this.say(t('talk'), '/talk_to_human', event), { sign: 'agent', class: 'pill' });
    const ways = doors.filter(({ door: name }) => name === 'sign_in');
    const told = waiting && h('p', { text: queue ? t('queued', { n: queue.position }) : t('waiting') });
    const key = [status, queue?.position, lang, ways.length].join();
    if (key !== this.drawn) {
      this.drawn = key;
      this.person.replaceChildren(...(waiting ? [told, leave]
        : [talk, ...ways.map((way) => door(way, this.context, { class: 'quiet', lang }))]));
    }
    this.person.hidden = status === 'connected' || status === 'closed';
    this.composer.element.hidden = status === 'closed';
    this.composer.attach.disabled = client.link !== 'online';
    this.rating.refresh();
    this.notice.refresh();
    this.thread.rest();
  }
}
