// Where the agent writes: an answer to the visitor, or a note that only agents see. Enter sends, Shift+Enter breaks the
// line; each conversation keeps its own draft.
import { button, h, hidden } from '/widget/dom.js';
import { size, t } from '/widget/words.js';
import { Canned } from './canned.js';
import { icon } from './icons.js';

export class Composer {
  constructor({ desk, prefs, say }) {
    Object.assign(this, { desk, prefs, say });
    this.modes = h('div.modes', { role: 'group', 'aria-label': t('mode') },
      ['say', 'note'].map((mode) => button(mode === 'note' ? [icon('note'), t('mode_note')] : t('mode_say'),
        () => this.choose(mode), { 'data-mode': mode })));
    this.input = h('textarea', {
      rows: 2, dir: 'auto', oninput: () => this.typed(), onkeydown: (event) => this.key(event),
      onpaste: (event) => this.pasted(event),
    });
    this.picker = h('input', {
      type: 'file', hidden: true, multiple: true, onchange: () => {
        this.take(this.picker.files);
        this.picker.value = '';
      },
    });
    this.attach = button([icon('attach'), hidden(t('attach'))], () => this.pick(), {
      class: 'sign', title: t('attach'),
    });
    this.canned = new Canned({ desk, insert: (text) => this.insert(text), back: () => this.input.focus() });
    this.answers = button([icon('canned'), t('canned'), h('kbd.one', null, '/')], () => this.canned.open(), {
      class: 'soft',
    });
    this.send = h('button.main', { type: 'submit' }, icon('send'), h('span'));
    this.hint = h('p.hint');
    this.element = h('form.composer', {
      onsubmit: (event) => {
        event.preventDefault();
        this.submit();
      },
    }, this.modes, this.canned.element, this.input, this.picker,
    h('div.line', null, this.attach, this.answers, this.hint, this.send));
  }

  // The conversation that is shown; what was typed in the one before stays there.
  show(chat) {
    const other = chat !== this.chat;
    this.chat = chat;
    const may = this.desk.isMine(chat);
    if (other) {
      this.draft = this.prefs.draft(this.desk.agent.id, chat.id);
      this.canned.close();
    }
    if (other || this.may !== may) {
      this.may = may;
      // A note that somebody is just writing must not go on as an answer, should the case be given to them meanwhile.
      const noting = !may || (!other && this.draft.note && document.activeElement === this.input);
      this.choose(noting ? 'note' : this.draft.mode || 'say', true);
    }
  }

  choose(mode, quiet) {
    if (mode === 'say' && !this.may) return;
    this.mode = mode;
    if (this.may) this.draft.mode = mode;
    const note = mode === 'note';
    this.element.classList.toggle('noting', note);
    for (const each of this.modes.children) {
      each.setAttribute('aria-pressed', each.dataset.mode === mode);
      each.disabled = each.dataset.mode === 'say' && !this.may;
    }
    this.input.setAttribute('aria-label', t(note ? 'write_note' : 'write'));
    this.input.placeholder = t(note ? 'write_note' : 'write');
    this.send.lastChild.textContent = t(note ? 'send_note' : 'send');
    this.hint.textContent = t(note ? 'hint_note' : 'hint_say');
    this.attach.hidden = this.answers.hidden = note;
    this.input.value = this.draft[mode] || '';
    this.grow();
    this.save();
    if (!quiet) this.input.focus();
  }

  toggle() {
    this.choose(this.mode === 'note' ? 'say' : 'note');
  }

  save() {
    this.prefs.setDraft(this.desk.agent.id, this.chat.id, this.draft);
  }

  set(text) {
    this.input.value = text;
    this.draft[this.mode] = text;
    this.save();
    this.grow();
  }

  grow() {
    this.input.style.setProperty('height', 0);
    this.input.style.setProperty('height', `${this.input.scrollHeight + 2}px`);
  }

  typed() {
    const { value } = this.input;
    if (value === '/' && this.mode === 'say') {
      this.set('');
      this.canned.open();
      return;
    }
    this.set(value);
    if (value && this.mode === 'say') this.desk.typing(this.chat);
  }

  key(event) {
    if (event.key === 'Escape') {
      event.preventDefault();
      this.input.blur();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      this.submit();
    }
  }

  submit() {
    const text = this.input.value.trim();
    const most = this.desk.facts.limits[this.mode === 'note' ? 'note' : 'text'];
    if (!text) this.input.focus();
    else if ([...text].length > most) this.say(t('too_long', { max: most }), 'bad');
    else {
      this.set('');
      this.desk.sending.post(this.mode, this.chat, text);
    }
  }

  // A canned answer at the cursor; the first gap that is left to fill is selected.
  insert(text) {
    const { selectionStart: at, selectionEnd: end, value } = this.input;
    this.set(value.slice(0, at) + text + value.slice(end));
    this.input.focus();
    const gap = /\{\w+\}/.exec(text);
    const from = at + (gap ? gap.index : text.length);
    this.input.setSelectionRange(from, from + (gap ? gap[0].length : 0));
  }

  // What was refused comes back to where it can be changed; `type` is `say` or `note`.
  restore(conversation, { type, text }) {
    const { id } = this.desk.agent;
    const own = conversation === this.chat?.id;
    const draft = own ? this.draft : this.prefs.draft(id, conversation);
    draft[type] = [text, draft[type]].filter(Boolean).join('\n');
    this.prefs.setDraft(id, conversation, draft);
    if (own) this.choose(this.mode, true);
  }

  pick() {
    this.picker.accept = this.desk.facts.limits.file_types.join();
    this.picker.click();
  }

  pasted(event) {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    this.take(event.clipboardData.files);
  }

  take(files) {
    if (!this.may) return;
    const { file_bytes: most, file_types: types } = this.desk.facts.limits;
    for (const file of files) {
      if (!types.includes(file.type)) this.say(t('error_file_type'), 'bad');
      else if (file.size > most) this.say(t('error_file_too_large', { size: size(most) }), 'bad');
      else this.desk.sending.post('say', this.chat, file.name, file);
    }
  }
}
