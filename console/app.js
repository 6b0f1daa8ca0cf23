// The console: joins what it knows (desk.js) with the three parts of the page, the keys and the calls.
import { button, h } from '/widget/dom.js';
import { speak, t } from '/widget/words.js';
import { Alerts } from './alerts.js';
import { CaseFile } from './casefile.js';
import { Desk } from './desk.js';
import { assignForm, closeForm, ticketForm, transferForm, trouble } from './forms.js';
import { listen } from './keys.js';
import { customerName, learn } from './names.js';
import { LANGS, Prefs } from './prefs.js';
import { settings } from './settings.js';
import { Side } from './side.js';
import { Talk } from './talk.js';

const SHOWN = 6000; // ms that a word of the console stays
const SAID = ['kept_for_you', 'assigned', 'late']; // calls that stand on the page, too

const prefs = new Prefs();
const lang = LANGS.includes(prefs.get('lang')) ? prefs.get('lang') : LANGS[0];
speak((await import(`./locales/${lang}.js`)).default);
document.documentElement.lang = lang;

const heard = {};
const desk = new Desk((what, detail) => heard[what]?.(detail));
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

// Opens a conversation; `write`: to answer it, so the cursor goes there once it is one's own.
const open = (id, write) => {
  if (id === desk.current && desk.shown?.isOpen) {
    if (write) talk.composer.input.focus();
    return;
  }
  history.replaceState(null, '', `#${id}`);
  desk.open(id).then(() => {
    if (write && id === desk.current && desk.isMine(desk.shown)) talk.composer.input.focus();
  }, () => {});
  if (desk.shown?.case) show();
  side.refresh();
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

const act = {
  presence() {
    const presence = desk.agent.presence === 'online' ? 'away' : 'online';
    desk.line.ask('presence', { presence }).then(() => {
      desk.agent.presence = presence;
      side.refresh();
    }, fail);
  },
  next: () => desk.line.ask('next').then(({ conversation }) => {
    if (conversation) open(conversation, true);
    else say(t('nobody_waits'));
  }, fail),
  take: () => desk.line.ask('take', { conversation: desk.current })
    .then(() => talk.composer.input.focus(), fail),
  assign: () => assignForm(context, desk.shown),
  transfer: mine((chat) => transferForm(context, chat)),
  ticket: mine((chat) => ticketForm(context, chat)),
  close: mine((chat) => closeForm(context, chat)),
  giveBack: mine((chat) => desk.line.ask('give_back', { conversation: chat.id })
    .then(() => say(t('given_back')), fail)),
  noting: () => desk.shown && talk.composer.toggle(),
  send: () => desk.shown && talk.composer.submit(),
  write: () => desk.shown && talk.composer.input.focus(),
  canned: mine(() => talk.composer.canned.open()),
  down: () => move(1),
  up: () => move(-1),
  settings: () => settings(context),
  leave: () => panel(false),
};
const alerts = new Alerts({ prefs, open });
const keys = () => document.body.classList.toggle('no-keys', !prefs.get('keys'));
const context = {
  act, alerts, desk, keys, open, prefs, say, panel: () => panel(), shut: () => panel(false), settings: act.settings,
};
const side = new Side(context);
const talk = new Talk(context);
const file = new CaseFile(context);

const show = () => {
  const chat = desk.shown?.case ? desk.shown : null;
  talk.show(chat);
  file.show(chat);
};

const count = () => alerts.count(desk.mine.reduce((sum, { unread }) => sum + (unread || 0), 0));

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
    side.refresh();
    count();
    document.body.classList.add('ready');
    const asked = decodeURIComponent(location.hash.slice(1));
    if (!again && asked) open(asked);
  },
  lists() {
    side.refresh();
    count();
  },
  chat: (chat) => chat === desk.shown && show(),
  story(chat) {
    if (chat !== desk.shown) return;
    talk.thread.show(chat);
    file.show(chat);
  },
  typing: (chat) => chat === desk.shown && talk.thread.refresh(),
  pending: (id) => id === desk.current && talk.thread.refresh(),
  alert(frame) {
    const { kind, conversation } = frame;
    // Nobody needs to be called to what they look at.
    if (kind === 'message' && conversation === desk.current && document.hasFocus()) return;
    const row = desk.row(conversation);
    const name = row ? customerName(row) : '';
    alerts.tell(frame, name);
    if (SAID.includes(kind)) say([t(`alert_${kind}`), name].filter(Boolean).join(': '));
  },
  refused({ item, error }) {
    fail(error);
    if (item && !item.file) talk.composer.restore(item.conversation, item.frame);
  },
});

document.body.append(banner, side.element, talk.element, file.element, toast);
listen(act, () => prefs.get('keys'));
keys();
document.addEventListener('visibilitychange', () => desk.seen());
document.title = t('title');
desk.start();
