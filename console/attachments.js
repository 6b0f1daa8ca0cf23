// Files of a conversation: pictures are shown, every file can be downloaded. A file never becomes a page.
import { h } from '/widget/dom.js';
import { formatSize, t } from '/widget/i18n.js';

const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const downloads = new Map(); // path -> promise of a blob URL

const download = (path, type) => {
  const load = async () => {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return URL.createObjectURL(new Blob([await answer.blob()], { type }));
  };
  if (!downloads.has(path)) downloads.set(path, load());
  downloads.get(path).catch(() => downloads.delete(path));
  return downloads.get(path);
};

// A link that downloads the file of an entry; a picture is shown in it.
export const attachment = ({ id, name, media_type: type, size }, conversationId) => {
  const path = `/agent/files/${encodeURIComponent(conversationId)}/${encodeURIComponent(id)}`;
  const element = h('a.file', { href: path, download: name },
    h('bdi', null, name), h('small', null, t('download', { size: formatSize(size) })));
  if (IMAGE_TYPES.includes(type)) {
    download(path, type).then((src) => element.prepend(h('img', { alt: '', src }))).catch(() => {});
  }
  return element;
};
