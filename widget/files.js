// Files: sends them with their progress, shows pictures, and gives the rest to download. Bytes never become a page.
import { h, icon, signed } from './dom.js';
import { uuid } from './protocol.js';
import { size, t } from './words.js';

const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const loaded = new Map(); // id -> promise of a blob URL

const get = async (client, path) => {
  const answer = await fetch(client.base + path, { headers: { Authorization: `Bearer ${client.key}` } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.blob();
};

// Lets the browser save what is behind a URL of our own.
const save = (url, name) => h('a', { href: url, download: name }).click();

const url = (file, client) => {
  if (!loaded.has(file.id)) {
    const type = PICTURES.includes(file.media_type) ? file.media_type : 'application/octet-stream';
    loaded.set(file.id, get(client, `/v1/files/${encodeURIComponent(file.id)}`)
      .then((blob) => URL.createObjectURL(new Blob([blob], { type }))));
    loaded.get(file.id).catch(() => loaded.delete(file.id));
  }
  return loaded.get(file.id);
};

export const transcript = async (client) => {
  const made = URL.createObjectURL(await get(client, '/v1/transcript'));
  save(made, `kilat-${new Date().toISOString().slice(0, 10)}.txt`);
  setTimeout(() => URL.revokeObjectURL(made), 60000);
};

export const attachment = (file, { client, fail }) => {
  const made = h('button', {
    type: 'button', class: 'file', on: {
      click: () => url(file, client).then((got) => save(got, file.name), () => fail(t('download_failed'))),
    },
  }, icon('file'), h('span', {}, h('bdi', { text: file.name }), h('small', { text: t('download', { size: size(file.size) }) })));
  if (PICTURES.includes(file.media_type)) {
    url(file, client).then((got) => {
      const picture = h('img', { alt: '', src: got, on: { error: () => picture.remove() } });
      made.prepend(picture);
    }, () => {});
  }
  return made;
};

// What is on its way up: kept in memory only, and sent again by hand or when the line is back.
export class Uploads {
  constructor(context, changed) {
    Object.assign(this, { context, changed, items: [] });
  }

  add(file) {
    const { client, fail } = this.context;
    const { file_bytes: most, file_types: types } = client.limits;
    if (types.length && !types.includes(file.type)) return fail(t('file_type'));
    if (file.size > most) return fail(t('file_too_large', { size: size(most) }));
    const item = { id: uuid(), file, done: 0 };
    this.items.push(item);
    return this.send(item);
  }

  send(item) {
    const { client, fail } = this.context;
    const request = item.request = new XMLHttpRequest();
    request.open('POST', `${client.base}/v1/files?client_id=${item.id}&name=${encodeURIComponent(item.file.name)}`);
    request.setRequestHeader('Authorization', `Bearer ${client.key}`);
    request.setRequestHeader('Content-Type', item.file.type);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded: sent }) => { item.bar.value = sent; };
    request.onloadend = () => {
      item.request = null;
      const [frame] = request.response?.frames || [];
      const code = frame?.type === 'error' ? frame.code : '';
      if (frame?.type === 'ack') this.items = this.items.filter((other) => other !== item);
      else if (['file_type', 'file_too_large', 'closed'].includes(code)) {
        fail(t(code, { size: size(client.limits.file_bytes) }));
        this.drop(item);
      }
      this.changed();
    };
    this.changed();
    request.send(item.file);
  }

  drop(item) {
    item.request?.abort();
    this.items = this.items.filter((other) => other !== item);
    this.changed();
  }

  again() {
    for (const item of this.items) if (!item.request) this.send(item);
  }

  show(item) {
    const { file } = item;
    item.bar = h('progress', { max: file.size, value: 0, 'aria-label': t('sending') });
    return h('div', { class: 'entry visitor' }, h('div', { class: 'bubble' },
      h('p', { class: 'prose' }, icon('file'), h('bdi', { text: ` ${file.name}` })), item.request && item.bar),
    h('p', { class: 'foot' }, item.request ? t('sending')
      : h('button', { type: 'button', class: 'failed', text: t('unsent'), on: { click: () => this.send(item) } }),
    signed('close', t('cancel'), () => this.drop(item))));
  }
}
