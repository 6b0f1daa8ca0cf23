// Where the visitor writes: Enter sends, Shift+Enter breaks the line; what is typed survives a reload.
import { h, signed } from './dom.js';
import { t } from './words.js';

const WHISPER = 3000; // ms between two signs that the visitor is typing

export class Composer {
  constructor({ client, keep, say, uploads }) {
    Object.assign(this, { client, keep, say });
    this.input = h('textarea', {
      rows: 1, dir: 'auto', 'aria-label': t('write'), placeholder: t('write'), enterkeyhint: 'send', on: {
        input: () => this.typed(),
        keydown: (event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
          event.preventDefault();
          this.send();
        },
        paste: ({ clipboardData: { files } }) => [...files].forEach((file) => uploads.add(file)),
      },
    });
    this.picker = h('input', {
      type: 'file', hidden: true, multiple: true, 'aria-label': t('attach'), on: {
        change: () => {
          [...this.picker.files].forEach((file) => uploads.add(file));
          this.picker.value = '';
        },
      },
    });
    this.attach = signed('attach', t('attach'), () => {
      this.picker.accept = client.limits.file_types.join();
      this.picker.click();
    });
    this.count = h('p', { class: 'count', role: 'status' });
    this.element = h('form', {
      class: 'composer', on: { submit: (event) => { event.preventDefault(); this.send(); } },
    }, this.attach, this.picker, this.input, signed('send', t('send'), () => {}, { type: 'submit', class: 'sign go' }), this.count);
    this.value = keep.get('drafts', true)?.text || '';
  }

  get value() {
    return this.input.value;
  }

  set value(text) {
    this.input.value = text;
    this.grow();
  }

  grow() {
    this.input.style.setProperty('height', 'auto');
    this.input.style.setProperty('height', `${this.input.scrollHeight}px`);
    const left = this.client.limits.text - [...this.value].length;
    this.count.textContent = left < 100 ? t(left < 0 ? 'over' : 'left', { n: Math.abs(left) }) : '';
  }

  typed() {
    this.grow();
    this.save();
    if (this.client.state.status !== 'connected' || Date.now() - (this.told || 0) < WHISPER) return;
    this.told = Date.now();
    this.client.whisper({ type: 'typing' });
  }

  save() {
    this.keep.set('drafts', { ...this.keep.get('drafts', true), text: this.value }, true);
  }

  send() {
    const text = this.value.trim();
    if (!text || [...text].length > this.client.limits.text) {
      this.input.focus();
      return;
    }
    this.value = '';
    this.save();
    this.say(text);
  }
}
