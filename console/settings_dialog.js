// Keys, sound, notices, language, and the way out.
import { h } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { permit } from './notifications.js';
import { dialog, field } from './dialog.js';
import { KEYS } from './keyboard_shortcuts.js';
import { LANGS } from './preferences.js';
import { asked } from './discard_dialog.js';

const tick = (label, hint, checked, onchange) => h('label.tickbox', null,
  h('input', { type: 'checkbox', checked, onchange }), h('span', null, label, hint && h('small', null, hint)));

// Nothing that was begun stays in a browser that others may use; it is asked first.
const leaving = ({ composer, desk }) => (event) => {
  event.preventDefault();
  const form = event.target;
  const { attached, drafts } = composer();
  const { outbox } = desk.sending;
  const files = [...attached.files.keys()].flatMap((id) => attached.of(id)).map(({ file }) => file.name);
  const texts = drafts.all.map((id) => drafts.of(id)).flatMap(({ say, note }) => [say, note].filter(Boolean));
  const unsent = outbox.items.filter(({ sent }) => !sent).map(({ frame }) => frame.text);
  asked([...unsent, ...texts, ...files], {
    title: t('sign_out'), submit: t('unsent_drop'), go: () => {
      for (const { frame } of [...outbox.items]) outbox.remove(frame.client_id);
      attached.files.clear();
      drafts.clear();
      form.submit();
    },
  });
};

export const settings = (context) => {
  const { alerts, desk, keys, prefs, say } = context;
  const lang = h('select', {
    onchange: () => {
      prefs.set('lang', lang.value);
      location.reload();
    },
  }, LANGS.map((each) => h('option', { value: each, lang: each }, t(`lang_${each}`))));
  lang.value = prefs.get('lang');
  const allowed = prefs.get('notices') && globalThis.Notification?.permission === 'granted';
  const rows = KEYS.map(([keys, word]) => h('tr', null,
    h('th', { scope: 'row' }, h('kbd', null, keys)), h('td', null, t(word))));
  return dialog({
    title: t('settings'), wide: true,
    body: [
      tick(t('set_sound'), '', prefs.get('sound'), ({ target }) => {
        prefs.set('sound', target.checked);
        alerts.ring('message');
      }),
      tick(t('set_notices'), t('set_notices_hint'), allowed, async ({ target }) => {
        const may = target.checked && await permit();
        if (target.checked && !may) say(t('notices_denied'), 'bad');
        target.checked = may;
        prefs.set('notices', may);
      }),
      tick(t('set_keys'), t('set_keys_hint'), prefs.get('keys'), ({ target }) => {
        prefs.set('keys', target.checked);
        keys();
      }),
      field(t('set_language'), lang),
      h('table.keys', null, h('caption', null, t('keys')), h('tbody', null, rows)),
      h('form.out', { method: 'post', action: '/agent/logout', onsubmit: leaving(context) },
        h('a', { href: '/agent/account' }, t('own_account')),
        h('a', { href: '/agent/insights' }, t('figures')),
        desk.agent.role === 'admin' && h('a', { href: '/agent/audit' }, t('audit')),
        h('input', { type: 'hidden', name: 'csrf', value: desk.csrf }), h('button', null, t('sign_out'))),
    ],
  });
};
