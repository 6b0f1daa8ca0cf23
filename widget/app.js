// The widget behind the launcher: connects the client with the panel, and both with the page's window.Kilat.
import { downloadTranscript, releaseDownloads, uploadAttachment } from './attachments.js';
import { Client } from './client.js';
import { formatSize, setMessages, t } from './i18n.js';
import { Panel } from './panel.js';
import { BrowserStorage } from './storage.js';
import { panelStyles } from './styles.js';
import { UnreadTitle } from './unread_title.js';

// In: `loader` (loader.js) and the messages of its language. Out: the functions behind window.Kilat.
export const start = (loader, messages) => {
  const { root, base, emit, button, pageLang } = loader;
  const storage = new BrowserStorage(loader.name);
  const title = new UnreadTitle();
  const rejections = { __proto__: null }; // client_id -> function that hears that the frame was rejected
  let panel, ready, status, reason, unread;

  setMessages(messages);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(panelStyles);
  root.adoptedStyleSheets.push(sheet);

  const updateUnread = () => {
    if (panel.dialog.open && !document.hidden) client.markRead();
    const count = client.unread();
    title.show(document.hidden && count);
    if (count === unread) return;
    loader.showUnread(unread = count);
    emit('unread', count);
  };

  const showError = (key, values) => panel.banner.show(t(key, values));
  // Handlers of the client's events.
  const handlers = {
    reset: () => panel.thread.redraw(),
    older: () => panel.thread.redraw(),
    outbox() {
      panel.thread.outboxChanged();
      panel.rating.refresh();
    },
    typing: (frame) => panel.thread.showTyping(frame),
    forget: () => panel.composer.clear(),
    entries(added) {
      panel.thread.add(added);
      for (const entry of added) if (entry.author !== 'visitor') emit('message', entry);
    },
    connection() {
      panel.refresh();
      if (!client.isOnline) return;
      panel.dialog.classList.remove('identifying');
      if (!ready) emit('ready');
      ready = true;
    },
    state() {
      const { state } = client;
      panel.refresh();
      if (state.status !== status) emit('status', (status = state.status));
      if (state.identity.reason && state.identity.reason !== reason) emit('identityrejected', state.identity.reason);
      reason = state.identity.reason;
    },
    rejected({ item, error }) {
      const { code, client_id: id } = error;
      panel.thread.refresh();
      if (rejections[id]) rejections[id](error);
      else if (item?.file || code === 'protocol') {
        showError(messages[code] ? code : 'refused', { size: formatSize(client.limits.file_bytes) });
      } else if (code !== 'closed') {
        showError('refused');
        if (item?.frame.type === 'say' && !panel.composer.input.value) panel.composer.setText(item.frame.text);
      }
    },
  };
  const onClientEvent = (event, detail) => {
    const focused = root.activeElement;
    handlers[event]?.(detail);
    // The focused element may be gone. The focus stays in the panel.
    if (focused && !root.activeElement?.checkVisibility()) panel.focusDefault();
    updateUnread();
  };
  const client = new Client(base, storage, {
    lang: loader.lang, token: loader.token, emit: onClientEvent, upload: uploadAttachment, title: () => title.own,
  });

  // What the panel's parts share.
  const context = {
    root, client, storage, rejections, showError, files: [], langs: loader.langs,
    lang: () => loader.lang,
    say(text, payload, event) {
      panel.banner.show();
      client.send('say', { text, payload });
      // A visitor who pressed a button with a finger or a mouse reads next, and needs no keyboard.
      (event?.detail ? panel.thread.scroller.box : panel.composer.input).focus({ preventScroll: true });
    },
    signIn: () => emit('signin'),
    transcript: () => downloadTranscript(client).catch(() => showError('load_failed')),
    erase: () => client.erase().then(() => {
      releaseDownloads();
      showError('erased');
    }, () => showError('load_failed')),
    chooseLanguage: (lang) => {
      storage.write({ lang, pageLang });
      window.Kilat.setLanguage(lang);
    },
    close: () => window.Kilat.close(),
  };
  const build = () => {
    panel = new Panel(context);
    root.append(panel.dialog);
    panel.thread.redraw();
    panel.refresh();
  };
  build();
  client.start();
  const onNavigate = () => client.pageChanged();
  // `navigation` may be a variable of the page.
  window.navigation?.addEventListener?.('navigatesuccess', onNavigate);
  document.addEventListener('visibilitychange', updateUnread);

  return {
    open(focus) {
      if (panel.dialog.open) return;
      panel.open();
      if (focus) panel.focusDefault();
      loader.setExpanded(true);
      storage.write({ open: true }, true);
      updateUnread();
      emit('open');
    },
    close() {
      if (!panel.dialog.open) return;
      const hadFocus = root.activeElement;
      panel.dialog.close();
      if (hadFocus) button.focus();
      loader.setExpanded(false);
      storage.write({ open: false }, true);
      emit('close');
    },
    identify(token) {
      panel.dialog.classList.add('identifying');
      client.identify(token);
    },
    attached: () => panel.fitViewport(),
    async setLanguage(lang) {
      messages = (await import(`./locales/${lang}.js`)).default;
      setMessages(messages);
      const { open } = panel.dialog;
      panel.remove();
      build();
      if (open) {
        panel.open();
        panel.menu.opener.focus();
      }
      client.setLanguage(lang);
    },
    destroy() {
      document.removeEventListener('visibilitychange', updateUnread);
      window.navigation?.removeEventListener?.('navigatesuccess', onNavigate);
      title.show(0);
      client.stop();
      panel.remove();
    },
  };
};
