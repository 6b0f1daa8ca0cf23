// Where the visitor writes: Enter sends, Shift+Enter breaks the line; what is typed survives a reload. Files wait here
// for the same Enter.
import { button, h, iconButton } from './dom.js';
import { IMAGE_TYPES } from './attachments.js';
import { formatSize, t } from './i18n.js';

const WHISPER = 3000; // ms between two signs that the visitor is typing

export class Composer {
  // `held` are the files that wait to be sent; it outlives this element.
  constructor({ client, keep, say, fail, held }) {
    Object.assign(this, { client, keep, say, fail, held });
    const send = (event) => {
      event.preventDefault();
      this.send();
    };
    this.input = h('textarea', {
      rows: 1, dir: 'auto', 'aria-label': t('write'), 'aria-describedby': 'about', placeholder: t('write'), enterkeyhint: 'send',
      oninput: () => this.typed(),
      onkeydown: (event) => {
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) send(event);
      },
      // Spreadsheets and editors put a picture of the text beside the text: then the text is meant.
      onpaste: (event) => {
        const { files } = event.clipboardData;
        if (!files.length || event.clipboardData.getData('text/plain').trim()) return;
        event.preventDefault();
        this.take(files);
      },
    });
    const picker = h('input', {
      type: 'file', hidden: true, multiple: true, onchange: () => {
        this.take(picker.files);
        picker.value = '';
      },
    });
    this.attach = iconButton('attach', t('attach'), () => {
      picker.accept = client.limits.file_types.join();
      picker.click();
    });
    this.waiting = h('div.waiting.row');
    this.element = h('form.composer', { onsubmit: send }, this.waiting,
      this.attach, picker, this.input, iconButton('send', t('send'), null, { type: 'submit' }));
    this.set(keep.all(true).drafts?.text || '');
    this.show();
  }

  set(text) {
    this.input.value = text;
    this.typed();
  }

  clear() {
    this.set('');
    this.held.length = 0;
    this.show();
  }

  // The files that wait; pressed, one is taken away.
  show() {
    this.waiting.replaceChildren(...this.held.map((file) => {
      const src = IMAGE_TYPES.includes(file.type) && webkitURL.createObjectURL(file);
      const drop = () => {
        this.held.splice(this.held.indexOf(file), 1);
        this.show();
        this.input.focus();
      };
      const onload = () => webkitURL.revokeObjectURL(src);
      return button([src && h('img', { alt: '', src, onload, onerror: onload }), h('bdi', null, file.name), ' ×'], drop,
        { 'aria-label': t('remove', { name: file.name }), title: t('remove', { name: file.name }) });
    }));
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
    if (!text && !this.held.length) this.input.focus();
    else if ([...text].length > this.client.limits.text) this.fail('form_too_long', { max: this.client.limits.text });
    else {
      for (const file of this.held) this.client.post('file', { text: file.name }, file);
      this.clear();
      if (text) this.say(text);
    }
  }

  take(files) {
    const { file_bytes: most, file_types: types } = this.client.limits;
    for (const file of files) {
      if (!types.includes(file.type)) this.fail('file_type');
      else if (file.size > most) this.fail('file_too_large', { size: formatSize(most) });
      else this.held.push(file);
    }
    this.show();
    this.input.focus();
  }
}
