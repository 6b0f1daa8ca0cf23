// Labels for the keys of plans, roles, priorities and rules, which the gateway sends; and for languages and customers.
import { t } from '/widget/i18n.js';

let labels = {}; // kind -> key -> language -> label

export const setLabels = (all) => { labels = all || {}; };

// The label of a key in the page's language; the key itself when there is no label.
export const labelOf = (kind, key) => (
  key == null ? '' : labels[kind]?.[key]?.[document.documentElement.lang] ?? key
);

// The name of a language in the page's language, as "Spanyol".
export const languageName = (code) => (
  new Intl.DisplayNames(document.documentElement.lang, { type: 'language' }).of(code)
);

// The facts' labels name a role's members in the plural; this names one.
export const roleLabel = (key) => (key ? t(`role_${key}`) : '');

export const customerName = (customer) => customer?.name || t('no_name');

// A rule of the plan matrix. Its key begins with its feature.
export const ruleLabel = (rule) => {
  const [feature] = (rule || '').split('.');
  return rule && `${labelOf('feature', feature)}: ${labelOf('rule', rule)}`;
};
