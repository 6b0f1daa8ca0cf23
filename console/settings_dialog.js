// The settings: sound, notifications, single keys, language; the list of keyboard shortcuts; signing out.
import { h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { field, openDialog } from './dialog.js';
import { confirmDiscard } from './discard_dialog.js';
import { SHORTCUTS } from './keyboard_shortcuts.js';
import { requestPermission } from './notifications.js';
import { LANGUAGES } from './preferences.js';

const checkbox = (label, hint, checked, onchange) => h('label.checkbox', null,
  h('input', { type: 'checkbox', checked, onchange }), h('span', null, label, hint && h('small', null, hint)));

// Signing out discards everything unsent: other people may use this browser. Asks first.
const signOut = ({ client, composer }) => (event) => {
  event.preventDefault();
  const form = event.target;
  const { attachments, drafts } = composer();
  const { outbox } = client.sendQueue;
  const files = [...attachments.files.keys()].flatMap((id) => attachments.get(id)).map(({ file }) => file.name);
  const texts = drafts.ids.map((id) => drafts.get(id)).flatMap(({ say, note }) => [say, note].filter(Boolean));
  const unsent = outbox.items.filter(({ isSent }) => !isSent).map(({ frame }) => frame.text);
  confirmDiscard([...unsent, ...texts, ...files], {
    title: t('sign_out'), proceed: () => {
      for (const { frame } of [...outbox.items]) outbox.remove(frame.client_id);
      attachments.files.clear();
      drafts.clear();
      form.submit();
    },
  });
};

export const openSettings = (context) => {
  const { client, notifications, preferences, showSingleKeys, showToast } = context;
  const language = h('select', {
    onchange: () => {
      preferences.set('lang', language.value);
      location.reload();
    },
  }, LANGUAGES.map((code) => h('option', { value: code, lang: code }, t(`lang_${code}`))));
  language.value = preferences.get('lang');
  const isAllowed = preferences.get('notifications') && globalThis.Notification?.permission === 'granted';
  const shortcuts = SHORTCUTS.map(([keys, message]) => h('tr', null,
    h('th', { scope: 'row' }, h('kbd', null, keys)), h('td', null, t(message))));
  return openDialog({
    title: t('settings'), wide: true,
    body: [
      checkbox(t('set_sound'), '', preferences.get('sound'), ({ target }) => {
        preferences.set('sound', target.checked);
        notifications.playSound('message');
      }),
      checkbox(t('set_notices'), t('set_notices_hint'), isAllowed, async ({ target }) => {
        const isOn = target.checked && await requestPermission();
        if (target.checked && !isOn) showToast(t('notices_denied'), 'error');
        target.checked = isOn;
        preferences.set('notifications', isOn);
      }),
      checkbox(t('set_keys'), t('set_keys_hint'), preferences.get('singleKeys'), ({ target }) => {
        preferences.set('singleKeys', target.checked);
        showSingleKeys();
      }),
      field(t('set_language'), language),
      h('table.shortcuts', null, h('caption', null, t('keys')), h('tbody', null, shortcuts)),
      h('form.account', { method: 'post', action: '/agent/logout', onsubmit: signOut(context) },
        h('a', { href: '/agent/account' }, t('own_account')),
        h('a', { href: '/agent/insights' }, t('figures')),
        client.agent.role === 'admin' && h('a', { href: '/agent/audit' }, t('audit')),
        h('input', { type: 'hidden', name: 'csrf', value: client.csrf }), h('button', null, t('sign_out'))),
    ],
  });
};
