// Where the visitor writes: Enter sends, Shift+Enter breaks the line; what is typed survives a reload.
import { h, signed } from './dom.js';
import { size, t } from './words.js';

const WHISPER = 3000; // ms between two signs that the visitor is typing

export class Composer {
  constructor({ client, keep, say, fail }) {
    Object.assign(this, { client, keep, say, fail });
    const send = (event) => {
      event.preventDefault();
      this.send();
    };
    this.input = h('textarea', {
      rows: 1, dir: 'auto', 'aria-label': t('write'), placeholder: t('write'), enterkeyhint: 'send',
      oninput: () => this.typed(),
      onkeydown: (event) => {
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) send(event);
      },
      onpaste: ({ clipboardData }) => this.take(clipboardData.files),
    });
    const picker = h('input', {
      type: 'file', hidden: true, multiple: true, onchange: () => {
        this.take(picker.files);
        picker.value = '';
      },
    });
    this.attach = signed('attach', t('attach'), () => {
      picker.accept = client.limits.file_types.join();
      picker.click();
    });
    this.element = h('form.composer', { onsubmit: send },
      this.attach, picker, this.input, signed('send', t('send'), null, { type: 'submit' }));
    this.set(keep.all(true).drafts?.text || '');
  }

  set(text) {
    this.input.value = text;
    this.typed();
  }

  grow() {
    this.input.style.setProperty('height', 0);
    this.input.style.setProperty('height', `${this.input.scrollHeight}px`);
  }

  typed() {
    const { client, input, keep } = this;
    this.grow();
    keep.set({ drafts: { ...keep.all(true).drafts, text: input.value } }, true);
    if (!input.value || client.state.status !== 'connected' || Date.now() - (this.told || 0) < WHISPER) return;
    this.told = Date.now();
    client.whisper('typing');
  }

  send() {
    const text = this.input.value.trim();
    if (!text) this.input.focus();
    else if ([...text].length > this.client.limits.text) this.fail('form_too_long', { max: this.client.limits.text });
    else {
      this.set('');
      this.say(text);
    }
  }

  take(files) {
    const { file_bytes: most, file_types: types } = this.client.limits;
    for (const file of files) {
      if (!types.includes(file.type)) this.fail('file_type');
      else if (file.size > most) this.fail('file_too_large', { size: size(most) });
      else this.client.post('file', { text: file.name }, file);
    }
  }
}
