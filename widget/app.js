// The widget behind the launcher: joins the conversation with the panel, and both with the page's window.Kilat.
import { Client } from './client.js';
import { releaseDownloads, downloadTranscript, upload } from './attachments.js';
import { BrowserStorage } from './storage.js';
import { Panel } from './panel.js';
import { panelStyles } from './styles.js';
import { UnreadTitle } from './unread_title.js';
import { formatSize, setMessages, t } from './i18n.js';

// `loader` is what loader.js says there; `words` are those of its language. Gives what window.Kilat needs.
export const start = (loader, words) => {
  const { root, base, emit, button, pageLang } = loader;
  const keep = new BrowserStorage(loader.name);
  const title = new UnreadTitle();
  const refused = { __proto__: null }; // client_id -> who wants to hear that it was refused
  let panel, ready, status, reason, unread;

  setMessages({ ...loader.words[loader.lang], ...words });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(panelStyles);
  root.adoptedStyleSheets.push(sheet);

  const count = () => {
    if (panel.dialog.open && !document.hidden) client.seen();
    const now = client.unread();
    title.mark(document.hidden && now);
    if (now === unread) return;
    loader.unread(unread = now);
    emit('unread', now);
  };

  const fail = (key, values) => panel.notice.tell(t(key, values));
  const heard = {
    reset: () => panel.thread.all(),
    older: () => panel.thread.all(),
    pending() {
      panel.thread.pending();
      panel.rating.refresh();
    },
    typing: (frame) => panel.thread.type(frame),
    forget: () => panel.composer.clear(),
    entries(fresh) {
      panel.thread.add(fresh);
      for (const entry of fresh) if (entry.author !== 'visitor') emit('message', entry);
    },
    link() {
      panel.refresh();
      if (client.link !== 'online') return;
      panel.dialog.classList.remove('held');
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
    refused({ item, error }) {
      const { code, client_id: id } = error;
      panel.thread.rest();
      if (refused[id]) refused[id](error);
      else if (item?.file || code === 'protocol') {
        fail(words[code] ? code : 'refused', { size: formatSize(client.limits.file_bytes) });
      } else if (code !== 'closed') {
        fail('refused');
        if (item?.frame.type === 'say' && !panel.composer.input.value) panel.composer.set(item.frame.text);
      }
    },
  };
  const tell = (what, detail) => {
    const held = root.activeElement;
    heard[what]?.(detail);
    // Where the focus was may be gone; it never falls out of the panel.
    if (held && !root.activeElement?.checkVisibility()) panel.land();
    count();
  };
  const client = new Client(base, keep, { lang: loader.lang, token: loader.token, tell, upload, title: () => title.own });

  const context = {
    root, client, keep, refused, fail, held: [], langs: loader.words,
    lang: () => loader.lang,
    say(text, payload, event) {
      panel.notice.tell();
      client.post('say', { text, payload });
      // Who pressed with a finger or a mouse wants to read, and no keyboard to spring up.
      (event?.detail ? panel.thread.box : panel.composer.input).focus({ preventScroll: true });
    },
    signIn: () => emit('signin'),
    transcript: () => downloadTranscript(client).catch(() => fail('load_failed')),
    erase: () => client.erase().then(() => {
      releaseDownloads();
      fail('erased');
    }, () => fail('load_failed')),
    choose: (lang) => {
      keep.write({ lang, pageLang });
      window.Kilat.setLanguage(lang);
    },
    shut: () => window.Kilat.close(),
  };
  const build = () => {
    panel = new Panel(context);
    root.append(panel.dialog);
    panel.thread.all();
    panel.refresh();
  };
  build();
  client.start();
  const moved = () => client.moved();
  // Or it is a variable of the page's own.
  window.navigation?.addEventListener?.('navigatesuccess', moved);
  document.addEventListener('visibilitychange', count);

  return {
    open(focus) {
      if (panel.dialog.open) return;
      panel.open();
      if (focus) panel.land();
      loader.expanded(true);
      keep.write({ open: true }, true);
      count();
      emit('open');
    },
    close() {
      if (!panel.dialog.open) return;
      const inside = root.activeElement;
      panel.dialog.close();
      if (inside) button.focus();
      loader.expanded(false);
      keep.write({ open: false }, true);
      emit('close');
    },
    identify(token) {
      panel.dialog.classList.add('held');
      client.identify(token);
    },
    attached: () => panel.fit(),
    async setLanguage(lang) {
      words = (await import(`./locales/${lang}.js`)).default;
      setMessages({ ...loader.words[lang], ...words });
      const { open } = panel.dialog;
      panel.remove();
      build();
      if (open) {
        panel.open();
        panel.menu.opener.focus();
      }
      client.speak(lang);
    },
    destroy() {
      document.removeEventListener('visibilitychange', count);
      window.navigation?.removeEventListener?.('navigatesuccess', moved);
      title.mark(0);
      client.stop();
      panel.remove();
    },
  };
};
