// Files of a conversation: pictures are shown, everything can be saved. Bytes never become a page.
import { h } from '/widget/dom.js';
import { formatSize, t } from '/widget/i18n.js';

const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const loaded = new Map(); // path -> promise of a blob URL

const load = (path, type) => {
  const get = async () => {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return URL.createObjectURL(new Blob([await answer.blob()], { type }));
  };
  if (!loaded.has(path)) loaded.set(path, get());
  loaded.get(path).catch(() => loaded.delete(path));
  return loaded.get(path);
};

export const attachment = ({ id, name, media_type: type, size: bytes }, conversation) => {
  const path = `/agent/files/${encodeURIComponent(conversation)}/${encodeURIComponent(id)}`;
  const made = h('a.file', { href: path, download: name },
    h('bdi', null, name), h('small', null, t('download', { size: formatSize(bytes) })));
  if (PICTURES.includes(type)) {
    load(path, type).then((src) => made.prepend(h('img', { alt: '', src }))).catch(() => {});
  }
  return made;
};
