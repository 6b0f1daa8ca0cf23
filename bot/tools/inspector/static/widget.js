// The help center's widget on this page: the script tag that any page has, once for each conversation.
const NAME = `kilat:${location.origin}`;
const WIDE = matchMedia('(min-width: 60rem)');
const ADDRESS = '/widget.js';
const policy = window.trustedTypes?.createPolicy('widget', { createScriptURL: () => ADDRESS });

// The key of the conversation that the widget shows.
export const widgetKey = () => JSON.parse(localStorage.getItem(NAME) || '{}').key;

// Shows the conversation of `key` to the customer of `token`.
export const showWidget = ({ key, token, lang }) => {
  window.Kilat?.destroy?.();
  localStorage.setItem(NAME, JSON.stringify({ key }));
  // Nothing that was written to an earlier conversation is sent to this one.
  for (const name of Object.keys(localStorage)) if (name.startsWith(`${NAME}:out:`)) localStorage.removeItem(name);
  document.querySelector('script[data-lang]')?.remove();
  const script = document.createElement('script');
  script.src = policy ? policy.createScriptURL('') : ADDRESS;
  script.dataset.lang = lang;
  script.dataset.position = 'right';
  if (token) script.dataset.identityToken = token;
  if (WIDE.matches) script.dataset.open = '';
  document.head.append(script);
};
