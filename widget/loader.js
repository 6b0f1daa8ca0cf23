// The loader, served as /widget.js: the launcher with its badge, and window.Kilat. The first opening loads the rest.
(() => {
  // By language `launcher` and `load_failed`: the gateway puts them in (bot/web/assets.py), nothing else is loaded yet.
  const MESSAGES = {};
  const LANGUAGES = Object.keys(MESSAGES);
  const script = document.currentScript;
  const { dataset } = script;
  // A page's element with id="Kilat" is window.Kilat, too, but no own property of window.
  const current = () => (Object.hasOwn(window, 'Kilat') ? window.Kilat : { q: [] });
  // The script runs again on a page that has replaced its body: then the first widget attaches itself again. A widget
  // that has lost its listeners destroys itself instead, and this one starts.
  current()?.attach?.(dataset.identityToken);
  const { attach: other, q: queue } = current() || {};
  if (!Array.isArray(queue)) {
    if (!other) console.error('window.Kilat', window.Kilat);
    return;
  }
  const base = script.src.split('/', 3).join('/');
  const name = `kilat:${base}`;
  const stored = (area) => {
    try { return JSON.parse(window[area].getItem(name)) || {}; } catch { return {}; }
  };
  const supported = (lang = '') => {
    const short = lang.slice(0, 2).toLowerCase();
    return MESSAGES[short] ? short : LANGUAGES[0];
  };
  const pageLang = supported(dataset.lang || document.documentElement.lang);
  const saved = stored('localStorage');
  const listeners = {};
  let app, loading, wanted;

  const element = (tag, parent, attributes) => {
    const made = document.createElement(tag);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    parent?.append(made);
    return made;
  };
  customElements.get('kilat-widget') || customElements.define('kilat-widget', class extends HTMLElement {
    // The page's shortcuts see the host as the target of keys in the panel. Most shortcuts ignore editable elements.
    get isContentEditable() {
      return !!this.shadowRoot?.activeElement?.closest('dialog');
    }

    // A copy of the host that the page made has no `onAttach`.
    connectedCallback() {
      this.onAttach?.();
    }

    disconnectedCallback() {
      this.onDetach?.();
    }
  });
  const host = element('kilat-widget');
  for (const option of ['position', 'theme']) if (dataset[option]) host.dataset[option] = dataset[option];
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
:host{all:initial!important;display:block!important;position:fixed!important;
z-index:var(--kilat-z,2147483000)!important;inset-block-end:20px!important;inset-inline-end:20px!important;color-scheme:light dark!important;
font:15px/1.5 var(--kilat-font,system-ui,sans-serif)!important}
:host([data-position=left]){inset-inline:auto!important;left:20px!important}
:host([data-position=right]){inset-inline:auto!important;right:20px!important}
:host([data-theme=light]){color-scheme:light!important}
:host([data-theme=dark]){color-scheme:dark!important}
:host([hidden]){display:none!important}
:host::before,:host::after{content:none!important}
.launcher,.panel{--accent:var(--kilat-accent,light-dark(#0d4a70,#1d658f));--on-accent:var(--kilat-accent-text,#fff);
--bolt:var(--kilat-bolt,#ffc640)}
.launcher{display:grid;place-items:center;width:60px;height:60px;padding:0;border:2px solid transparent;
border-radius:50%;background:var(--accent);cursor:pointer;box-shadow:0 4px 18px #0005}
.launcher:hover{filter:brightness(1.15)}
.bolt{width:30px;height:34px;background:var(--bolt);forced-color-adjust:none;
clip-path:polygon(62% 0,4% 58%,44% 58%,34% 100%,96% 40%,54% 40%)}
.launcher:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.launcher[aria-busy] .bolt{opacity:.4}
.badge{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;min-width:12px;padding:0 5px;border-radius:12px;
background:#c4281c;color:#fff;font-size:13px;font-weight:700;text-align:center;pointer-events:none}
.load-error{position:absolute;inset-block-end:72px;inset-inline-end:0;width:200px;padding:10px 14px;border-radius:12px;
background:#16242f;color:#fff}
:empty:is(.badge,.load-error){display:none}
@media print{:host{display:none!important}}`);
  root.adoptedStyleSheets = [sheet];
  const button = element('button', root, {
    class: 'launcher', type: 'button', 'aria-haspopup': 'dialog', 'aria-expanded': false,
  });
  element('i', button, { class: 'bolt' });
  const badge = element('span', root, { class: 'badge', 'aria-hidden': true });
  const loadError = element('div', root, { class: 'load-error', role: 'alert' });

  // The argument of app.js's start(); `app` is its result.
  const loader = {
    base, name, root, button, pageLang, langs: LANGUAGES,
    lang: saved.pageLang === pageLang ? supported(saved.lang) : pageLang,
    token: dataset.identityToken || null,
    emit: (event, detail) => listeners[event]?.forEach((listener) => queueMicrotask(() => listener(detail))),
    setExpanded: (open) => button.setAttribute('aria-expanded', open),
    showUnread(count) {
      badge.textContent = count || '';
      button.title = MESSAGES[loader.lang].launcher + (count ? ` (${count})` : '');
      button.setAttribute('aria-label', button.title);
    },
  };
  loader.showUnread(0);

  const open = async (focus) => {
    wanted = true;
    attach();
    loadError.textContent = '';
    button.setAttribute('aria-busy', true);
    try {
      loading ||= Promise.all([import(`${base}/widget/app.js`), import(`${base}/widget/locales/${loader.lang}.js`)]);
      const [{ start }, messages] = await loading;
      app ||= start(loader, messages.default);
      if (wanted) app.open(focus);
    } catch (error) {
      loading = wanted = null;
      console.error(error);
      loadError.textContent = MESSAGES[loader.lang].load_failed;
    }
    button.removeAttribute('aria-busy');
  };

  // The host stands beside the body: the widget stays when the page changes or replaces its body.
  const attach = () => {
    // `document.open()` removes all listeners; then nobody cancels this event.
    if (host.dispatchEvent(new Event('kilat-check', { cancelable: true }))) Kilat.destroy();
    else if (host.isConnected) host.onAttach();
    else document.documentElement?.append(host);
  };
  // On a page that moves or clips its root element (`html { transform: … }`) the launcher leaves the window: then the
  // host goes to the browser's top layer. Otherwise the page's consent banners and the like may cover the widget.
  const visibility = new IntersectionObserver((seen) => {
    if ((seen.at(-1).isIntersecting && !host.offsetParent) || !button.checkVisibility()) return;
    host.popover = 'manual';
    host.showPopover?.();
  });
  host.onAttach = () => {
    visibility.disconnect();
    visibility.observe(button);
    app?.attached();
  };
  // Later, for a page that removes the host each time would run in an endless loop.
  host.onDetach = () => setTimeout(() => host.onDetach && attach(), 50);

  const Kilat = window.Kilat = {
    attach(token) {
      attach();
      if (token != null && (token || null) !== loader.token) Kilat.identify(token);
    },
    open: () => open(true),
    close() {
      wanted = false;
      app?.close();
    },
    toggle: () => (wanted ? Kilat.close() : Kilat.open()),
    identify(token) {
      loader.token = token || null;
      app?.identify(loader.token);
    },
    setLanguage(lang) {
      loader.lang = supported(lang);
      loader.showUnread(badge.textContent);
      return app?.setLanguage(loader.lang);
    },
    on: (event, listener) => (listeners[event] ||= new Set()).add(listener),
    off: (event, listener) => listeners[event]?.delete(listener),
    destroy() {
      visibility.disconnect();
      app = app?.destroy();
      host.onDetach = null;
      host.remove();
      delete window.Kilat;
    },
  };
  button.addEventListener('click', Kilat.toggle);
  host.addEventListener('kilat-check', (event) => event.preventDefault());

  const init = () => {
    attach();
    for (const [method, ...values] of queue) Kilat[method](...values);
    if (stored('sessionStorage').open || 'open' in dataset) open();
    else if (saved.key) {
      fetch(`${base}/v1/unread`, { headers: { Authorization: `Bearer ${saved.key}` } })
        .then((answer) => answer.json()).then(({ unread }) => app || loader.showUnread(unread || 0)).catch(() => {});
    }
  };
  if (document.body) init();
  else addEventListener('DOMContentLoaded', init);
})();
