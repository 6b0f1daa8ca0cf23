// Files that wait for Send, by conversation: each is shown and can be taken away again.
import { button, h, screenReaderOnly } from '/widget/dom.js';
import { formatSize, t } from '/widget/i18n.js';
import { icon } from './icons.js';

const NONE = [];

export class Attached {
  files = new Map(); // conversation -> [{file, url}]

  // `chosen(files, conversation)` hears what is picked, `changed()` that one was taken away, `refused(words)` why one is not taken.
  constructor({ desk, chosen, changed, refused }) {
    Object.assign(this, { desk, changed, refused });
    this.picker = h('input', {
      type: 'file', hidden: true, multiple: true, onchange: () => {
        chosen([...this.picker.files], this.picking);
        this.picker.value = '';
      },
    });
    this.tools = h('span', null, this.picker, button([icon('attach'), screenReaderOnly(t('attach'))], () => this.pick(), {
      class: 'sign', title: t('attach'),
    }));
    this.list = h('ul.attached', { hidden: true, 'aria-label': t('attached') });
    // They last as long as the page, and so do those that are on their way.
    window.addEventListener('beforeunload', (event) => {
      const away = desk.sending.outbox?.items.some(({ file, sent }) => file && !sent);
      if (this.files.size || away) event.preventDefault();
    });
  }

  // While files are looked for, another conversation may come to the screen.
  pick() {
    this.picking = this.at;
    this.picker.accept = this.desk.facts.limits.file_types.join();
    this.picker.click();
  }

  of(conversation) {
    return this.files.get(conversation) || NONE;
  }

  add(conversation, files) {
    const { file_bytes: most, file_types: types } = this.desk.facts.limits;
    for (const file of files) {
      if (!types.includes(file.type)) this.refused(t('error_file_type'));
      else if (file.size > most) this.refused(t('error_file_too_large', { size: formatSize(most) }));
      else this.files.set(conversation, [...this.of(conversation), { file, url: URL.createObjectURL(file) }]);
    }
    this.redraw(conversation);
  }

  // All of them, which are here no more.
  take(conversation) {
    const taken = this.of(conversation).map(({ file }) => file);
    for (const item of this.of(conversation)) this.remove(conversation, item);
    return taken;
  }

  remove(conversation, item) {
    URL.revokeObjectURL(item.url);
    const left = this.of(conversation).filter((each) => each !== item);
    if (left.length) this.files.set(conversation, left);
    else this.files.delete(conversation);
    this.redraw(conversation);
  }

  redraw(conversation) {
    if (conversation === this.at) this.show(conversation);
  }

  // Those of a conversation; `null` where files can't be sent.
  show(conversation) {
    this.at = conversation;
    const items = this.of(conversation);
    this.tools.hidden = !conversation;
    this.list.hidden = !items.length;
    if (items === this.shown) return;
    this.shown = items;
    this.list.replaceChildren(...items.map((item) => h('li', null,
      item.file.type.startsWith('image/') ? h('img', { alt: '', src: item.url }) : icon('file'),
      h('span', null, h('bdi', null, item.file.name), h('small', null, formatSize(item.file.size))),
      h('button.sign', {
        type: 'button', 'aria-label': t('detach', { name: item.file.name }),
        title: t('detach', { name: item.file.name }), onclick: () => {
          this.remove(conversation, item);
          this.changed();
        },
      }, icon('close')))));
  }
}
