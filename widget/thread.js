// The thread of messages: entries with a heading for each day, unsent messages, quick replies, the typing indicator.
import { button, h, link, screenReaderOnly } from './dom.js';
import { authorName, entryElement, unsentElement } from './entries.js';
import { formatDay, t } from './i18n.js';
import { Scroller } from './scroller.js';

// ms after which the typing indicator disappears by itself. An agent's is renewed while the agent types.
const TYPING_TIMEOUT = { agent: 10000, bot: 40000 };
const QUIET = 200; // ms in which a redrawn list is not read out

export class Thread {
  constructor(context) {
    Object.assign(this, context, { context });
    this.list = h('div', { role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', 'aria-label': t('log') });
    this.unsent = h('div');
    this.quickReplies = h('div.quick-replies.row', { role: 'group', 'aria-label': t('quick') });
    this.typing = h('div.typing.row', { hidden: true }, h('i'), h('i'), h('i'), screenReaderOnly());
    // The operator's notice, before the visitor's first message. The panel puts it above the composer.
    this.privacyNotice = h('p.source.privacy-notice', { id: 'privacy-notice', hidden: true });
    this.earlier = button(t('earlier'), () => this.loadOlder(), { class: 'quiet earlier' });
    this.scroller = new Scroller([this.earlier, this.list, this.unsent, this.quickReplies, this.typing],
      () => this.loadOlder());
  }

  loadOlder() {
    const { first, more } = this.client.log;
    if (more && this.requested !== first && this.client.sendIfOnline('history', { before: first })) this.requested = first;
  }

  // The elements of an entry: a heading when a new day begins, and the entry.
  elements(entry, previous) {
    const day = formatDay(new Date(entry.at));
    const isNewDay = !previous || formatDay(new Date(previous.at)) !== day;
    return [isNewDay && h('p.day', null, day), entryElement(entry, previous, this.context)].filter(Boolean);
  }

  // Draws everything anew and unannounced: after a reload, for another conversation, older entries, another language.
  redraw() {
    const { entries, more } = this.client.log;
    const { box, end, following } = this.scroller;
    const below = end - box.scrollTop;
    this.list.ariaLive = 'off';
    this.list.replaceChildren(...entries.flatMap((entry, i) => this.elements(entry, entries[i - 1])));
    this.earlier.hidden = !more;
    this.requested = this.drawn = 0;
    this.refresh();
    if (following) this.scroller.toEnd();
    else box.scrollTop = this.scroller.end - below;
    setTimeout(() => { this.list.ariaLive = 'polite'; }, QUIET);
  }

  // Appends new entries.
  add(added) {
    const { scroller } = this;
    const { entries } = this.client.log;
    const follow = scroller.following || added.some(({ author }) => author === 'visitor');
    const elements = added.flatMap((entry) => this.elements(entry, entries[entries.indexOf(entry) - 1]));
    this.list.append(...elements);
    this.showTyping({});
    this.refresh();
    if (!follow) scroller.newer.hidden = false;
    else if (elements[0]?.offsetTop - 8 < scroller.end) {
      // An entry that is taller than the window is read from its beginning.
      scroller.following = false;
      scroller.box.scrollTop = elements[0].offsetTop - 8;
    } else scroller.toEnd();
  }

  // Draws what depends on the state: unsent messages, quick replies, live cards, the privacy notice.
  refresh() {
    const { client } = this;
    const { entries } = client.log;
    const unsent = client.outbox.items.filter(({ frame }) => frame.text);
    for (const element of this.list.children) element.refresh?.();
    // Drawn only when something changed: somebody may be about to press a button.
    const drawn = JSON.stringify([unsent, client.isOnline, client.state, entries.length, client.log.more]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const { text, url } = client.state.privacy_notice || {};
    this.privacyNotice.replaceChildren(text || '', ...(url ? [' ', link(t('privacy'), url)] : []));
    const hasSpoken = client.log.more || unsent.length || entries.some(({ author }) => author === 'visitor');
    this.privacyNotice.hidden = !text || Boolean(hasSpoken);
    this.unsent.replaceChildren(...unsent.map((item) => unsentElement(item, this.context)));
    const { buttons, lang } = entries.at(-1) || {};
    const replies = !unsent.length && client.state.status !== 'closed' && buttons || [];
    this.quickReplies.replaceChildren(...replies.map(({ title, payload }) => button(
      title, (event) => this.say(title, payload, event), { lang },
    )));
  }

  // A message was put into the outbox, or has left it.
  outboxChanged() {
    this.refresh();
    this.scroller.toEnd();
  }

  // A `typing` frame; {} hides the indicator.
  showTyping({ author, on, name = this.client.state.agent }) {
    clearTimeout(this.typingTimer);
    if (on) this.typingTimer = setTimeout(() => this.showTyping({}), TYPING_TIMEOUT[author]);
    this.typing.hidden = !on;
    this.typing.lastChild.textContent = on ? t('typing', { who: authorName({ author, name }) }) : '';
    this.scroller.follow();
  }
}
