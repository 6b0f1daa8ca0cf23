// The widget behind the launcher: joins the conversation with the panel, and both with the page's window.Kilat.
import { Client } from './client.js';
import { Uploads, transcript } from './files.js';
import { Keep } from './keep.js';
import { Panel } from './panel.js';
import { css } from './style.js';
import { speak, t } from './words.js';

// `loader` is what widget.js says there; `words` are those of its language. Gives what window.Kilat needs.
export const start = (loader, words) => {
  const { root, base, emit } = loader;
  const keep = new Keep(loader.name);
  const refused = new Map(); // client_id -> who wants to hear that it was refused
  let panel, ready = false, status = 'bot', rejected, unread = 0;

  speak(words);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets.push(sheet);

  const count = () => {
    if (panel.dialog.open && !document.hidden) client.seen();
    const now = client.unread();
    const bare = document.title.replace(/^\(\d+\) /, '');
    const title = now && document.hidden ? `(${now}) ${bare}` : bare;
    if (title !== document.title) document.title = title;
    if (now === unread) return;
    unread = now;
    loader.unread(unread);
    emit('unread', unread);
  };

  const heard = {
    reset: () => panel.thread.all(),
    entries: (fresh) => panel.thread.add(fresh),
    older: () => panel.thread.all(),
    pending: () => panel.thread.pending(),
    typing: (frame) => panel.thread.type(frame),
    read: () => {},
    link() {
      const online = client.link === 'online';
      panel.refresh();
      if (!online) return;
      panel.dialog.classList.remove('held');
      context.uploads.again();
      if (!ready) emit('ready');
      ready = true;
    },
    state() {
      const { status: now, identity } = client.state;
      panel.refresh();
      if (now !== status) emit('status', (status = now));
      if (identity.reason !== rejected && identity.reason) emit('identityrejected', identity.reason);
      rejected = identity.reason;
    },
    refused({ item, error }) {
      const { code } = error;
      const own = refused.get(error.client_id);
      refused.delete(error.client_id);
      panel.thread.rest();
      if (own) own(error);
      else if (code === 'protocol') panel.notice.tell(t('protocol'));
      else if (code !== 'closed' && code !== 'invalid_form') {
        const text = item?.frame.payload ? '' : item?.frame.text;
        if (text && !panel.composer.value) panel.composer.value = text;
        panel.notice.tell(t(code === 'too_long' ? 'too_long' : 'refused'));
      }
    },
    forget() {
      panel.composer.value = '';
      for (const item of context.uploads.items) context.uploads.drop(item);
    },
  };
  const tell = (what, detail) => {
    heard[what](detail);
    for (const entry of (what === 'entries' && detail) || []) if (entry.author !== 'visitor') emit('message', entry);
    count();
  };

  const client = new Client({ base, keep, lang: loader.lang, token: loader.token, tell });
  const fail = (text) => panel.notice.tell(text);
  const context = {
    root, client, keep, refused, fail, langs: loader.langs, button: loader.button, lang: () => loader.lang,
    say(text, payload, event) {
      panel.notice.tell();
      client.post('say', { text, payload });
      if (event?.detail) panel.thread.box.focus({ preventScroll: true });
      else panel.composer.input.focus();
    },
    signIn: () => emit('signin'),
    transcript: () => transcript(client).catch(() => fail(t('download_failed'))),
    choose: (lang) => {
      keep.set('lang', lang);
      keep.set('chosenOn', loader.pageLang);
      window.Kilat.setLanguage(lang);
    },
    shut: () => window.Kilat.close(),
  };
  context.uploads = new Uploads(context, () => panel.thread.pending());

  const build = () => {
    panel = new Panel(context);
    root.append(panel.dialog);
    panel.thread.all();
    panel.refresh();
  };
  build();
  client.start();
  document.addEventListener('visibilitychange', count);

  return {
    open(focus) {
      panel.open(focus);
      loader.expanded(true);
      keep.set('open', true, true);
      count();
      emit('open');
    },
    close() {
      if (!panel.dialog.open) return;
      panel.dialog.close();
      loader.expanded(false);
      keep.set('open', false, true);
      loader.button.focus();
      emit('close');
    },
    identify(token) {
      panel.dialog.classList.add('held');
      client.identify(token);
    },
    async setLanguage(lang) {
      const { default: all } = await import(`./locales/${lang}.js`);
      const open = panel.dialog.open;
      speak(all);
      panel.remove();
      build();
      if (open) panel.open();
      if (open) panel.menu.opener.focus();
      client.speak(lang);
    },
    destroy() {
      document.removeEventListener('visibilitychange', count);
      client.line.stop();
      panel.remove();
    },
  };
};
