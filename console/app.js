// The console's entry point: connects the client with the three columns, the shortcuts and the notifications.
import { button, h } from '/widget/dom.js';
import { setMessages, t } from '/widget/i18n.js';
import { UnreadTitle } from '/widget/unread_title.js';
import {
  assignDialog, caseTitle, closeDialog, errorText, giveBackDialog, ticketDialog, transferDialog,
} from './case_dialogs.js';
import { CasePanel } from './case_panel.js';
import { Client } from './client.js';
import { ConversationView } from './conversation_view.js';
import { confirmDiscard, unsentTexts } from './discard_dialog.js';
import { isDialogOpen, listenForShortcuts } from './keyboard_shortcuts.js';
import { customerName, setLabels } from './labels.js';
import { Notifications } from './notifications.js';
import { LANGUAGES, Preferences } from './preferences.js';
import { openSettings } from './settings_dialog.js';
import { Sidebar } from './sidebar.js';
import { TypingBurst } from './typing_burst.js';

const TOAST_TIMEOUT = 6000; // ms
const TOAST_ALERTS = ['reserved_for_you', 'assigned', 'late', 'lost']; // alerts that the page shows, too

const preferences = new Preferences();
const lang = LANGUAGES.includes(preferences.get('lang')) ? preferences.get('lang') : LANGUAGES[0];
setMessages((await import(`./locales/${lang}.js`)).default);
document.documentElement.lang = lang;

const handlers = {}; // of the client's events
const client = new Client((event, detail) => handlers[event]?.(detail));
const typingBurst = new TypingBurst();
const unreadTitle = new UnreadTitle();
const toast = h('p.toast', { role: 'status' });
const banner = h('div.banner', { role: 'alert', hidden: true });
let toastTimer;

const showToast = (text, className = '') => {
  clearTimeout(toastTimer);
  toast.textContent = text;
  toast.className = `toast ${className}`;
  toastTimer = setTimeout(() => { toast.textContent = ''; }, TOAST_TIMEOUT);
};
const showError = (error) => showToast(errorText(error), 'error');

// Opens or closes the case panel where it covers the page, on narrow screens.
const setCasePanel = (open) => {
  if (document.body.classList.contains('case-panel-open') === open) return;
  document.body.classList.toggle('case-panel-open', open);
  view.casePanelSwitch.setAttribute('aria-expanded', open);
  (open ? casePanel.closeButton : view.casePanelSwitch).focus();
};

// Opens a conversation. `write`: the text box gets the focus as soon as the agent has the case. Under a dialog the screen
// stays as it is: the dialog is about the customer who is seen there.
const openConversation = (id, write) => {
  if (isDialogOpen()) return;
  const { focusControl } = view.composer;
  if (id === client.currentId && client.current?.isOpen) {
    if (write) focusControl.request(id);
    return;
  }
  history.replaceState(null, '', `#${id}`);
  preferences.setLastOpened(client.agent.id, id);
  focusControl.request(write ? id : null);
  client.open(id).catch(() => {});
  if (client.current?.case) showCurrent();
  refresh();
};

// Opens the conversation `step` places further down the sidebar.
const moveBy = (step) => {
  const { order } = sidebar;
  const index = order.indexOf(client.currentId);
  const first = step > 0 ? 0 : order.length - 1;
  const id = order[index < 0 ? first : Math.min(order.length - 1, Math.max(0, index + step))];
  if (!id) return;
  openConversation(id);
  sidebar.element.querySelector('[aria-current]')?.focus();
};

// An action that ends the case for the agent. First it asks whether what is unsent may be discarded; afterwards nothing
// of it is kept.
const endingAction = (name, openDialog) => () => {
  const { current: conversation } = client;
  if (!conversation || !client.isOwn(conversation)) return;
  const { id } = conversation;
  confirmDiscard(unsentTexts(view.composer.unsent(id)), {
    title: t(name), about: caseTitle(conversation), proceed: () => openDialog(context, conversation, () => {
      view.composer.forget(id);
      refresh();
    }),
  });
};

// What buttons and shortcuts do.
let isTaking = false;
const actions = {
  togglePresence() {
    const presence = client.agent.presence === 'online' ? 'away' : 'online';
    client.connection.request('presence', { presence }).then(() => {
      client.agent.presence = presence;
      refresh();
    }, showError);
  },
  async takeNext() {
    if (isTaking) return;
    isTaking = true;
    const { currentId } = client;
    try {
      const { conversation: id } = await client.connection.request('next');
      const isElsewhere = client.currentId && (typingBurst.isActive || client.currentId !== currentId);
      if (!id) showToast(t('nobody_waits'));
      // An agent who is writing, or has opened another conversation meanwhile, stays there.
      else if (isDialogOpen() || isElsewhere) showToast(t('taken_beside'));
      else openConversation(id, true);
    } catch (error) {
      showError(error);
    }
    isTaking = false;
  },
  takeCurrent: () => {
    const { currentId, current } = client;
    if (!current?.case) return; // another conversation is about to be shown
    client.connection.request('take', { conversation: currentId })
      .then(() => client.currentId === currentId && view.composer.focusControl.request(currentId), showError);
  },
  // Takes the case on the screen if it waits, else the next one.
  takeCurrentOrNext: () => (client.currentId && !view.tools.take.hidden ? actions.takeCurrent() : actions.takeNext()),
  assign: () => assignDialog(context, client.current),
  transfer: endingAction('transfer', transferDialog),
  ticket: endingAction('ticket', ticketDialog),
  close: endingAction('close', closeDialog),
  giveBack: endingAction('give_back', giveBackDialog),
  toggleNote: () => client.current && view.composer.toggleMode(),
  send: () => client.current && view.composer.submit(),
  nextConversation: () => moveBy(1),
  previousConversation: () => moveBy(-1),
  openSettings: () => openSettings(context),
  toggleCasePanel: () => setCasePanel(!document.body.classList.contains('case-panel-open')),
  closeCasePanel: () => setCasePanel(false),
};

const notifications = new Notifications({ preferences, open: openConversation });
const showSingleKeys = () => document.body.classList.toggle('no-single-keys', !preferences.get('singleKeys'));
// What the parts share.
const context = {
  actions, client, notifications, openConversation, preferences, showSingleKeys, showToast, typingBurst,
  onDraftsChanged: () => refresh(), composer: () => view.composer,
};
const sidebar = new Sidebar(context);
const view = new ConversationView(context);
const casePanel = new CasePanel(context);

const showCurrent = () => {
  const conversation = client.current?.case ? client.current : null;
  view.show(conversation);
  casePanel.show(conversation);
};

// Drafts for cases that the agent does not have.
const otherDrafts = () => {
  const { drafts } = view.composer;
  const own = new Set(client.ownCases.map(({ conversation }) => conversation));
  return drafts.ids.filter((id) => !own.has(id) && id !== client.currentId).map((id) => {
    const { name, say, note } = drafts.get(id);
    return { conversation: id, name, text: say || note };
  });
};
const refresh = () => sidebar.refresh(otherDrafts());
const showUnread = () => unreadTitle.show(client.ownCases.reduce((sum, { unread }) => sum + (unread || 0), 0)
  + client.queue.cases.filter(({ late }) => late).length);

Object.assign(handlers, {
  connection() {
    const { connectionStatus: status } = client;
    document.body.dataset.connection = status;
    banner.hidden = status === 'online' || (status === 'connecting' && !client.agent);
    const action = status === 'ended' ? h('a', { href: '/agent/login' }, t('sign_in'))
      : button(t('again'), () => client.connection.connect());
    banner.replaceChildren(t(status === 'ended' ? 'ended' : 'offline'), ' ', action);
    view.thread.refresh();
  },
  welcome(again) {
    setLabels(client.config.labels);
    refresh();
    showUnread();
    document.body.classList.add('ready');
    if (again) return;
    // The address names the conversation. After a new sign-in it does not: then the last one, if the agent has its case.
    const lastId = preferences.lastOpened(client.agent.id);
    const id = decodeURIComponent(location.hash.slice(1)) || (client.caseRow(lastId)?.agent === client.agent.id && lastId);
    if (id) openConversation(id);
  },
  lists() {
    refresh();
    showUnread();
  },
  conversation: (conversation) => conversation === client.current && showCurrent(),
  timeline(conversation) {
    if (conversation !== client.current) return;
    view.thread.show(conversation);
    view.composer.show(conversation);
    casePanel.show(conversation);
  },
  other_agent: () => location.reload(),
  gone(gone) {
    const { code, conversation: id, wasCurrent } = gone;
    const isErased = code === 'unknown';
    // What was sent and is not stored can no longer be stored: it goes back to the draft.
    for (const item of isErased ? client.sendQueue.items(id) : []) {
      client.sendQueue.remove(item);
      view.composer.restore(item, gone);
    }
    if (wasCurrent) {
      showCurrent();
      view.goneBanner.show(gone);
      history.replaceState(null, '', location.pathname);
    }
    // Nothing of an erased conversation stays in the browser's storage; the banner still shows the unsent texts.
    if (isErased) view.composer.forget(id);
    refresh();
  },
  typing: (conversation) => conversation === client.current && view.thread.refresh(),
  outbox: (id) => id === client.currentId && view.thread.refresh(),
  alert(frame) {
    const { by, kind, conversation: id } = frame;
    // The agent is looking at this conversation.
    if (kind === 'message' && id === client.currentId && document.hasFocus()) return;
    const row = client.caseRow(id) || client.conversations.get(id)?.customer;
    const name = row ? customerName(row) : frame.case || '';
    notifications.notify(frame, name);
    const text = by ? t('alert_lost_by', { by }) : t(`alert_${kind}`);
    if (TOAST_ALERTS.includes(kind)) showToast([text, name].filter(Boolean).join(': '));
  },
  rejected({ item, error }) {
    showError(error);
    if (item) view.composer.restore(item, error);
    refresh();
  },
});

document.body.append(banner, sidebar.element, view.element, casePanel.element, toast);
// No single key acts where a case has just left the screen: the agent may not have noticed.
const allowsSingleKeys = () => preferences.get('singleKeys') && view.goneBanner.element.hidden;
listenForShortcuts({ actions, client, composer: view.composer, typingBurst, allowsSingleKeys });
showSingleKeys();
document.addEventListener('visibilitychange', () => client.markRead());
document.title = t('title');
client.start();
