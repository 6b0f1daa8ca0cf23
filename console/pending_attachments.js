// Files that wait until the answer is sent, by conversation. Each is shown and can be removed.
import { button, h, screenReaderOnly } from '/widget/dom.js';
import { formatSize, t } from '/widget/i18n.js';
import { icon } from './icons.js';

const NONE = [];

export class PendingAttachments {
  files = new Map(); // conversation id -> [{file, url}]

  // `onPick(files, conversationId)`: the agent chose files. `onRemove()`: a file was removed. `onError(text)`: a file
  // can't be sent.
  constructor({ client, onPick, onRemove, onError }) {
    Object.assign(this, { client, onRemove, onError });
    this.picker = h('input', {
      type: 'file', hidden: true, multiple: true, onchange: () => {
        onPick([...this.picker.files], this.pickingFor);
        this.picker.value = '';
      },
    });
    this.attachButton = h('span', null, this.picker,
      button([icon('attach'), screenReaderOnly(t('attach'))], () => this.pick(), {
        class: 'icon-button', title: t('attach'),
      }));
    this.list = h('ul.pending-files', { hidden: true, 'aria-label': t('attached') });
    // Files are lost with the page, also while they are on their way.
    window.addEventListener('beforeunload', (event) => {
      const isUploading = client.sendQueue.outbox?.items.some(({ file, isSent }) => file && !isSent);
      if (this.files.size || isUploading) event.preventDefault();
    });
  }

  // The screen may show another conversation by the time that the files are chosen.
  pick() {
    this.pickingFor = this.shownId;
    this.picker.accept = this.client.config.limits.file_types.join();
    this.picker.click();
  }

  get(id) {
    return this.files.get(id) || NONE;
  }

  add(id, files) {
    const { file_bytes: maxBytes, file_types: types } = this.client.config.limits;
    for (const file of files) {
      if (!types.includes(file.type)) this.onError(t('error_file_type'));
      else if (file.size > maxBytes) this.onError(t('error_file_too_large', { size: formatSize(maxBytes) }));
      else this.files.set(id, [...this.get(id), { file, url: URL.createObjectURL(file) }]);
    }
    this.refresh(id);
  }

  // Removes all files of a conversation.
  clear(id) {
    for (const item of this.get(id)) this.remove(id, item);
  }

  remove(id, item) {
    URL.revokeObjectURL(item.url);
    const rest = this.get(id).filter((each) => each !== item);
    if (rest.length) this.files.set(id, rest);
    else this.files.delete(id);
    this.refresh(id);
  }

  refresh(id) {
    if (id === this.shownId) this.show(id);
  }

  // Shows the files of a conversation; null where no files can be sent.
  show(id) {
    this.shownId = id;
    const items = this.get(id);
    this.attachButton.hidden = !id;
    this.list.hidden = !items.length;
    if (items === this.drawn) return;
    this.drawn = items;
    this.list.replaceChildren(...items.map((item) => {
      const { file, url } = item;
      const label = t('detach', { name: file.name });
      const remove = () => {
        this.remove(id, item);
        this.onRemove();
      };
      return h('li', null, file.type.startsWith('image/') ? h('img', { alt: '', src: url }) : icon('file'),
        h('span', null, h('bdi', null, file.name), h('small', null, formatSize(file.size))),
        button(icon('close'), remove, { class: 'icon-button', 'aria-label': label, title: label }));
    }));
  }
}
