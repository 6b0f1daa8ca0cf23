// Words for the keys of the facts, which the gateway sends, and for customers without a name.
import { t } from '/widget/i18n.js';

let names = {};

export const learn = (all) => { names = all || {}; };

// The word of a key in the language of the page; the key itself when nobody named it.
export const nameOf = (kind, key) => (key == null ? '' : names[kind]?.[key]?.[document.documentElement.lang] ?? key);

// "Spanyol": a language, in that of the page.
export const languageOf = (code) => new Intl.DisplayNames(document.documentElement.lang, { type: 'language' }).of(code);

// The facts name roles as groups of people; this is one.
export const roleOf = (key) => (key ? t(`role_${key}`) : '');

export const customerName = (customer) => customer?.name || t('no_name');

// A rule of the plan matrix: its key begins with the feature it is about.
export const ruleOf = (rule) => {
  const [feature] = (rule || '').split('.');
  return rule && `${nameOf('feature', feature)}: ${nameOf('rule', rule)}`;
};

// "Premier+ · Business · admin".
export const standing = (row) => [nameOf('plan', row.plan), nameOf('account_type', row.account_type),
  roleOf(row.role)].filter(Boolean).join(' · ');
