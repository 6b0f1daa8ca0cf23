// Where the visitor writes. Enter sends, Shift+Enter adds a line; the draft survives a reload. Files wait here until
// they are sent.
import { IMAGE_TYPES } from './attachments.js';
import { button, h, iconButton } from './dom.js';
import { formatSize, t } from './i18n.js';

const TYPING_INTERVAL = 3000; // ms between two `typing` frames

export class Composer {
  // `files`: the array of files that wait; it outlives this element.
  constructor({ client, storage, say, showError, files }) {
    Object.assign(this, { client, storage, say, showError, files });
    const onsubmit = (event) => {
      event.preventDefault();
      this.submit();
    };
    this.input = h('textarea', {
      rows: 1, dir: 'auto', 'aria-label': t('write'), 'aria-describedby': 'privacy-notice', placeholder: t('write'),
      enterkeyhint: 'send',
      oninput: () => this.changed(),
      onkeydown: (event) => {
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) onsubmit(event);
      },
      // Spreadsheets and word processors copy a picture of the text beside the text: then paste the text.
      onpaste: (event) => {
        const { files: pasted } = event.clipboardData;
        if (!pasted.length || event.clipboardData.getData('text/plain').trim()) return;
        event.preventDefault();
        this.addFiles(pasted);
      },
    });
    const picker = h('input', {
      type: 'file', hidden: true, multiple: true, onchange: () => {
        this.addFiles(picker.files);
        picker.value = '';
      },
    });
    this.attachButton = iconButton('attach', t('attach'), () => {
      picker.accept = client.limits.file_types.join();
      picker.click();
    });
    this.fileList = h('div.pending-files.row');
    this.element = h('form.composer', { onsubmit }, this.fileList,
      this.attachButton, picker, this.input, iconButton('send', t('send'), null, { type: 'submit' }));
    this.setText(storage.read(true).drafts?.text || '');
    this.showFiles();
  }

  setText(text) {
    this.input.value = text;
    this.changed();
  }

  clear() {
    this.setText('');
    this.files.length = 0;
    this.showFiles();
  }

  // A button for each file that waits; a press removes the file.
  showFiles() {
    this.fileList.replaceChildren(...this.files.map((file) => {
      const src = IMAGE_TYPES.includes(file.type) && webkitURL.createObjectURL(file);
      const remove = () => {
        this.files.splice(this.files.indexOf(file), 1);
        this.showFiles();
        this.input.focus();
      };
      const onload = () => webkitURL.revokeObjectURL(src);
      const label = t('remove', { name: file.name });
      return button([src && h('img', { alt: '', src, onload, onerror: onload }), h('bdi', null, file.name), ' ×'], remove,
        { 'aria-label': label, title: label });
    }));
  }

  // Makes the input as high as its text.
  fitHeight() {
    this.input.style.setProperty('height', 0);
    this.input.style.setProperty('height', `${this.input.scrollHeight}px`);
  }

  // The text has changed: stores the draft, and tells the agent that the visitor types.
  changed() {
    const { client, input, storage } = this;
    this.fitHeight();
    storage.write({ drafts: { ...storage.read(true).drafts, text: input.value } }, true);
    if (!input.value || client.state.status !== 'connected') return;
    if (Date.now() - (this.typingSentAt || 0) < TYPING_INTERVAL) return;
    this.typingSentAt = Date.now();
    client.sendIfOnline('typing');
  }

  submit() {
    const text = this.input.value.trim();
    const { text: max } = this.client.limits;
    if (!text && !this.files.length) this.input.focus();
    else if ([...text].length > max) this.showError('form_too_long', { max });
    else {
      for (const file of this.files) this.client.send('file', { text: file.name }, file);
      this.clear();
      if (text) this.say(text);
    }
  }

  addFiles(files) {
    const { file_bytes: maxBytes, file_types: types } = this.client.limits;
    for (const file of files) {
      if (!types.includes(file.type)) this.showError('file_type');
      else if (file.size > maxBytes) this.showError('file_too_large', { size: formatSize(maxBytes) });
      else this.files.push(file);
    }
    this.showFiles();
    this.input.focus();
  }
}
