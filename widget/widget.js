// The loader: the launcher with its badge, and window.Kilat. All else is loaded at the first opening.
(() => {
  // The only words outside locales/: nothing else may be loaded for a launcher. A test holds them equal.
  const WORDS = {
    id: {
      launcher: 'Chat bantuan', launcher_unread: 'Chat bantuan, {n} pesan belum dibaca',
      load_failed: 'Chat gagal dimuat. Coba lagi, ya.',
    },
    en: {
      launcher: 'Help chat', launcher_unread: 'Help chat, {n} unread messages',
      load_failed: "The chat didn't load. Please try again.",
    },
  };
  const queue = window.Kilat?.q;
  if (window.Kilat && !queue) return;
  const script = document.currentScript;
  const { dataset } = script;
  const base = new URL(script.src).origin;
  const name = `kilat:${base}`;
  const kept = (box) => {
    try { return JSON.parse(window[box].getItem(name)) || {}; } catch { return {}; }
  };
  const supported = (lang) => (WORDS[lang?.slice(0, 2).toLowerCase()] ? lang.slice(0, 2).toLowerCase() : 'id');
  const pageLang = supported(dataset.lang || document.documentElement.lang);
  const { key, lang: chosen, chosenOn } = kept('localStorage');
  const listeners = {};

  // What the app is given, and gives back to: `app` is what its start() returned.
  const loader = {
    base, name, pageLang, langs: Object.keys(WORDS),
    lang: chosenOn === pageLang ? supported(chosen) : pageLang,
    token: dataset.identityToken || null,
    emit(event, detail) {
      for (const listener of [...(listeners[event] || [])]) {
        try { listener(detail); } catch (error) { console.error(error); }
      }
    },
    unread(count) {
      badge.textContent = count > 99 ? '99+' : count || '';
      badge.hidden = !count;
      label(count ? WORDS[loader.lang].launcher_unread.replace('{n}', count) : WORDS[loader.lang].launcher);
    },
  };
  let app, loading, wanted = false, unread = 0;

  const css = `
:host{all:initial;display:block;position:fixed;z-index:var(--kilat-z,2147483000);inset-block-end:20px;
inset-inline-end:20px;color-scheme:light dark;font:15px/1.5 var(--kilat-font,system-ui,sans-serif);
--accent:var(--kilat-accent,light-dark(#0d4a70,#1d658f));--on-accent:var(--kilat-accent-text,#fff);
--bolt:var(--kilat-bolt,#ffc640)}
:host([data-position=left]){inset-inline:auto;left:20px}
:host([data-position=right]){inset-inline:auto;right:20px}
:host([data-theme=light]){color-scheme:light}
:host([data-theme=dark]){color-scheme:dark}
.launcher{box-sizing:border-box;display:grid;place-items:center;width:60px;height:60px;margin:0;padding:0;
border:2px solid transparent;border-radius:50%;background:var(--accent);color:var(--bolt);cursor:pointer;
box-shadow:0 2px 6px #0003,0 8px 24px #0003;transition:transform .15s}
.launcher:hover{transform:scale(1.05)}
.launcher:active{transform:scale(.97)}
.launcher:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.launcher[aria-busy=true] svg{animation:pulse 1s infinite alternate}
.badge{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;box-sizing:border-box;min-width:22px;padding:0 6px;
border:2px solid light-dark(#fff,#10181f);border-radius:12px;background:#c4281c;color:#fff;
font-size:12px;font-weight:700;line-height:20px;text-align:center;pointer-events:none}
.failed{position:absolute;inset-block-end:72px;inset-inline-end:0;width:max-content;max-width:240px;padding:10px 14px;
border-radius:12px;background:#16242f;color:#fff;font-size:14px}
[hidden]{display:none}
@keyframes pulse{to{opacity:.35}}
@media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
@media print{:host{display:none}}`;

  const element = (tag, className, parent) => {
    const made = document.createElement(tag);
    made.className = className;
    return parent.appendChild(made);
  };
  customElements.get('kilat-widget') || customElements.define('kilat-widget', class extends HTMLElement {});
  const host = document.createElement('kilat-widget');
  for (const option of ['position', 'theme']) if (dataset[option]) host.dataset[option] = dataset[option];
  const root = loader.root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  const button = loader.button = element('button', 'launcher', root);
  button.type = 'button';
  const svg = 'http://www.w3.org/2000/svg';
  const icon = button.appendChild(document.createElementNS(svg, 'svg'));
  for (const [attribute, value] of Object.entries({ viewBox: '0 0 24 24', width: 32, height: 32, 'aria-hidden': true })) {
    icon.setAttribute(attribute, value);
  }
  const path = icon.appendChild(document.createElementNS(svg, 'path'));
  path.setAttribute('fill', 'currentColor');
  path.setAttribute('d', 'M13.6 1.8 4.5 13.4c-.4.5 0 1.2.6 1.2h5.3l-1.6 7c-.2.8.8 1.3 1.3.7l9.4-11.7c.4-.5 0-1.2-.6-1.2h-5.4l1.5-6.9c.1-.8-.9-1.3-1.4-.7Z');
  const badge = element('span', 'badge', button);
  const failed = element('div', 'failed', root);
  failed.setAttribute('role', 'alert');
  failed.hidden = true;
  const label = (text) => { button.setAttribute('aria-label', text); button.title = text; };
  button.setAttribute('aria-haspopup', 'dialog');
  const expanded = loader.expanded = (open) => button.setAttribute('aria-expanded', open);
  expanded(false);
  loader.unread(0);

  const load = () => (loading ||= Promise.all([
    import(`${base}/widget/app.js`), import(`${base}/widget/locales/${loader.lang}.js`),
  ]).then(([module, words]) => { app = module.start(loader, words.default); }, (error) => {
    loading = undefined;
    throw error;
  }));

  const Kilat = {
    async open() {
      wanted = true;
      failed.hidden = true;
      button.setAttribute('aria-busy', true);
      try {
        await load();
        if (wanted) app.open();
      } catch (error) {
        console.error(error);
        failed.textContent = WORDS[loader.lang].load_failed;
        failed.hidden = false;
      } finally {
        button.removeAttribute('aria-busy');
      }
    },
    close() { wanted = false; app?.close(); },
    toggle() { return wanted ? Kilat.close() : Kilat.open(); },
    identify(token) { loader.token = token || null; app?.identify(loader.token); },
    setLanguage(lang) {
      loader.lang = supported(lang);
      loader.unread(unread);
      return app?.setLanguage(loader.lang);
    },
    on(event, listener) { (listeners[event] ||= new Set()).add(listener); },
    off(event, listener) { listeners[event]?.delete(listener); },
    destroy() { app?.destroy(); host.remove(); delete window.Kilat; },
  };
  const show = loader.unread;
  loader.unread = (count) => { show(unread = count); };
  loader.closed = () => { wanted = false; };
  window.Kilat = Kilat;
  button.addEventListener('click', Kilat.toggle);

  const begin = () => {
    document.body.append(host);
    for (const [method, ...values] of queue || []) Kilat[method]?.(...values);
    if (kept('sessionStorage').open || 'open' in dataset) Kilat.open();
    else if (key) {
      fetch(`${base}/v1/unread`, { headers: { Authorization: `Bearer ${key}` } })
        .then((answer) => answer.json()).then((answer) => app || loader.unread(answer.unread || 0)).catch(() => {});
    }
  };
  if (document.body) begin();
  else addEventListener('DOMContentLoaded', begin);
})();
