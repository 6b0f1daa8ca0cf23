// The console: joins what it knows (desk.js) with the three parts of the page, the keys and the calls.
import { button, h } from '/widget/dom.js';
import { setMessages, t } from '/widget/i18n.js';
import { Alerts } from './notifications.js';
import { Burst } from './typing_burst.js';
import { CaseFile } from './case_panel.js';
import { Desk } from './client.js';
import { aboutOf, assignForm, closeForm, giveBackForm, ticketForm, transferForm, trouble } from './case_dialogs.js';
import { isBusy, listen } from './keyboard_shortcuts.js';
import { customerName, learn } from './labels.js';
import { LANGS, Prefs } from './preferences.js';
import { settings } from './settings_dialog.js';
import { Side } from './sidebar.js';
import { Talk } from './conversation_view.js';
import { asked, textsOf } from './discard_dialog.js';

const SHOWN = 6000; // ms that a word of the console stays
const SAID = ['kept_for_you', 'assigned', 'late', 'lost']; // calls that stand on the page, too

const prefs = new Prefs();
const lang = LANGS.includes(prefs.get('lang')) ? prefs.get('lang') : LANGS[0];
setMessages((await import(`./locales/${lang}.js`)).default);
document.documentElement.lang = lang;

const heard = {};
const desk = new Desk((what, detail) => heard[what]?.(detail));
const burst = new Burst();
const toast = h('p.toast', { role: 'status' });
const banner = h('div.banner', { role: 'alert', hidden: true });
let quiet;

const say = (text, look = '') => {
  clearTimeout(quiet);
  toast.textContent = text;
  toast.className = `toast ${look}`;
  quiet = setTimeout(() => { toast.textContent = ''; }, SHOWN);
};
const fail = (error) => say(trouble(error), 'bad');

// The case file, where it has no room of its own.
const panel = (open) => {
  const was = document.body.classList.contains('with-file');
  const now = open ?? !was;
  if (was === now) return;
  document.body.classList.toggle('with-file', now);
  talk.panel.setAttribute('aria-expanded', now);
  (now ? file.leave : talk.panel).focus();
};

// Opens a conversation; `write`: to answer it, so the cursor goes there once it is one's own. Under a dialog the screen
// stays as it is: what is confirmed there is meant for whoever is seen there.
const open = (id, write) => {
  if (isBusy()) return;
  if (id === desk.current && desk.shown?.isOpen) {
    if (write) talk.composer.cursor.want(id);
    return;
  }
  history.replaceState(null, '', `#${id}`);
  prefs.open(desk.agent.id, id);
  talk.composer.cursor.want(write ? id : null);
  desk.open(id).catch(() => {});
  if (desk.shown?.case) show();
  refresh();
};

const move = (step) => {
  const { order } = side;
  const at = order.indexOf(desk.current);
  const to = order[at < 0 ? (step > 0 ? 0 : order.length - 1) : Math.min(order.length - 1, Math.max(0, at + step))];
  if (!to) return;
  open(to);
  side.element.querySelector('[aria-current]')?.focus();
};

const mine = (run) => () => desk.shown && desk.isMine(desk.shown) && run(desk.shown);

// What ends the case for the agent: asked first when something is not sent; done, nothing of it is kept.
const ending = (name, form) => mine((chat) => asked(textsOf(talk.composer.unsent(chat.id)), {
  title: t(name), about: aboutOf(chat), submit: t('unsent_drop'), go: () => form(context, chat, () => {
    talk.composer.forget(chat.id);
    refresh();
  }),
}));

const act = {
  presence() {
    const presence = desk.agent.presence === 'online' ? 'away' : 'online';
    desk.line.ask('presence', { presence }).then(() => {
      desk.agent.presence = presence;
      refresh();
    }, fail);
  },
  async next() {
    if (act.taking) return;
    act.taking = true;
    const { current } = desk;
    try {
      const { conversation } = await desk.line.ask('next');
      if (!conversation) say(t('nobody_waits'));
      // Somebody who is writing, or has turned elsewhere meanwhile, goes on where they are.
      else if (isBusy() || (desk.current && (burst.isOn || desk.current !== current))) say(t('taken_beside'));
      else open(conversation, true);
    } catch (error) {
      fail(error);
    }
    act.taking = false;
  },
  take: () => {
    const { current, shown } = desk;
    if (!shown?.case) return; // another one is about to be shown
    desk.line.ask('take', { conversation: current })
      .then(() => desk.current === current && talk.composer.cursor.want(current), fail);
  },
  // What is on the screen, where it waits: nobody means another one.
  takeThis: () => (desk.current && !talk.tools.take.hidden ? act.take() : act.next()),
  assign: () => assignForm(context, desk.shown),
  transfer: ending('transfer', transferForm),
  ticket: ending('ticket', ticketForm),
  close: ending('close', closeForm),
  giveBack: ending('give_back', giveBackForm),
  noting: () => desk.shown && talk.composer.toggle(),
  send: () => desk.shown && talk.composer.submit(),
  down: () => move(1),
  up: () => move(-1),
  settings: () => settings(context),
  leave: () => panel(false),
};
const alerts = new Alerts({ prefs, open });
const keys = () => document.body.classList.toggle('no-keys', !prefs.get('keys'));
const context = {
  act, alerts, burst, desk, keys, open, prefs, say, changed: () => refresh(), panel: () => panel(),
  shut: () => panel(false), settings: act.settings, composer: () => talk.composer,
};
const side = new Side(context);
const talk = new Talk(context);
const file = new CaseFile(context);

const show = () => {
  const chat = desk.shown?.case ? desk.shown : null;
  talk.show(chat);
  file.show(chat);
};

// Answers that were begun in cases of others.
const drafts = () => {
  const kept = talk.composer.drafts;
  const own = new Set(desk.mine.map(({ conversation }) => conversation));
  return kept.all.filter((id) => !own.has(id) && id !== desk.current)
    .map((conversation) => ({ conversation, draft: kept.of(conversation) }))
    .map(({ conversation, draft: { name, say: text, note } }) => ({ conversation, name, text: text || note }));
};
const refresh = () => side.refresh(drafts());
const count = () => alerts.count(desk.mine.reduce((sum, { unread }) => sum + (unread || 0), 0)
  + desk.queue.cases.filter(({ late }) => late).length);

Object.assign(heard, {
  link() {
    const { link: how } = desk;
    document.body.dataset.link = how;
    banner.hidden = how === 'online' || (how === 'connecting' && !desk.agent);
    const signIn = () => h('a', { href: '/agent/login' }, t('sign_in'));
    if (how === 'ended') banner.replaceChildren(t('ended'), ' ', signIn());
    else banner.replaceChildren(t('offline'), ' ', button(t('again'), () => desk.line.now()));
    talk.thread.refresh();
  },
  welcome(again) {
    learn(desk.facts.names);
    refresh();
    count();
    document.body.classList.add('ready');
    if (again) return;
    // After a new sign-in the address says nothing any more: then what the agent had open, and has still.
    const last = prefs.opened(desk.agent.id);
    const wanted = decodeURIComponent(location.hash.slice(1)) || (desk.row(last)?.agent === desk.agent.id && last);
    if (wanted) open(wanted);
  },
  lists() {
    refresh();
    count();
  },
  chat: (chat) => chat === desk.shown && show(),
  story(chat) {
    if (chat !== desk.shown) return;
    talk.thread.show(chat);
    talk.composer.show(chat);
    file.show(chat);
  },
  stranger: () => location.reload(),
  gone(what) {
    const { code, conversation, shown } = what;
    // What was sent and is not stored can't be any more: it is shown with what was begun, and kept no longer than that.
    for (const item of code === 'unknown' ? desk.sending.pending(conversation) : []) {
      desk.sending.drop(item);
      talk.composer.restore(item, what);
    }
    if (shown) {
      show();
      talk.kept.show(what);
      history.replaceState(null, '', location.pathname);
    }
    // Of what was deleted nothing stays in this browser; what was being written can still be copied from the page.
    if (code === 'unknown') talk.composer.forget(conversation);
    refresh();
  },
  typing: (chat) => chat === desk.shown && talk.thread.refresh(),
  pending: (id) => id === desk.current && talk.thread.refresh(),
  alert(frame) {
    const { kind, conversation } = frame;
    // Nobody needs to be called to what they look at.
    if (kind === 'message' && conversation === desk.current && document.hasFocus()) return;
    const row = desk.row(conversation) || desk.chats.get(conversation)?.customer;
    const name = row ? customerName(row) : frame.case || '';
    alerts.tell(frame, name);
    const words = frame.by ? t('alert_lost_by', { by: frame.by }) : t(`alert_${kind}`);
    if (SAID.includes(kind)) say([words, name].filter(Boolean).join(': '));
  },
  refused({ item, error }) {
    fail(error);
    if (item) talk.composer.restore(item, error);
    refresh();
  },
});

document.body.append(banner, side.element, talk.element, file.element, toast);
// Where a case has just left the screen, no single key acts: who was writing may be thinking, and not looking.
listen({ act, burst, composer: talk.composer, desk, isOn: () => prefs.get('keys') && talk.kept.element.hidden });
keys();
document.addEventListener('visibilitychange', () => desk.seen());
document.title = t('title');
desk.start();
