// Files of the conversation: shows pictures, offers the others for download, and uploads. A file never becomes a page.
import { button, h } from './dom.js';
import { formatSize, t } from './i18n.js';
import { uploadFile } from './upload.js';

export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const downloads = { __proto__: null }; // file id -> promise of a blob URL

// Removes all downloaded files from the page.
export const releaseDownloads = () => {
  for (const id of Object.keys(downloads)) {
    downloads[id].then(webkitURL.revokeObjectURL, () => {});
    delete downloads[id];
  }
};

// A promise of a blob URL of what the server has under `path`.
const download = async (client, path, type) => {
  const answer = await fetch(client.base + path, { headers: { Authorization: `Bearer ${client.key}` } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return webkitURL.createObjectURL(new Blob([await answer.blob()], { type }));
};

// The browser saves the file behind `href` as `name`.
const save = (href, name) => h('a', { href, download: name }).click();

export const downloadTranscript = async (client) => save(await download(client, '/v1/transcript', 'text/plain'), 'kilat.txt');

// A button that saves a file; a picture is shown in it.
export const attachment = ({ id, name, media_type: type, size }, { client, showError }) => {
  const isImage = IMAGE_TYPES.includes(type);
  const load = () => {
    downloads[id] ||= download(client, `/v1/files/${id}`, isImage ? type : 'application/octet-stream');
    downloads[id].catch(() => delete downloads[id]);
    return downloads[id];
  };
  const element = button([h('bdi', null, name), h('small', null, t('download', { size: formatSize(size) }))],
    () => load().then((url) => save(url, name)).catch(() => showError('load_failed')), { class: 'file' });
  if (isImage) {
    const onerror = ({ target }) => target.remove();
    load().then((src) => element.prepend(h('img', { alt: '', src, onerror }))).catch(() => {});
  }
  return element;
};

// Sends an outbox item with a file. Returns the frames that answer; throws when there is no answer.
export const uploadAttachment = async (item, { base, key }) => {
  const url = `${base}/v1/files?client_id=${item.frame.client_id}`;
  const { status, body } = await uploadFile(url, { Authorization: `Bearer ${key}` }, item);
  if (!body?.frames) throw new Error(status);
  return body.frames;
};
