// Files: sends them with their progress, shows pictures, and gives the rest to download. Bytes never become a page.
import { button, h } from './dom.js';
import { formatSize, t } from './i18n.js';

export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const loaded = { __proto__: null }; // id -> promise of a blob URL

// Nothing of it stays in this page.
export const releaseDownloads = () => {
  for (const id of Object.keys(loaded)) {
    loaded[id].then(webkitURL.revokeObjectURL, () => {});
    delete loaded[id];
  }
};

const get = async (client, path, type) => {
  const answer = await fetch(client.base + path, { headers: { Authorization: `Bearer ${client.key}` } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return webkitURL.createObjectURL(new Blob([await answer.blob()], { type }));
};

// Lets the browser save what is behind a URL of our own.
const save = (href, download) => h('a', { href, download }).click();

export const downloadTranscript = async (client) => save(await get(client, '/v1/transcript', 'text/plain'), 'kilat.txt');

export const attachment = ({ id, name, media_type: type, size: bytes }, { client, fail }) => {
  const picture = IMAGE_TYPES.includes(type);
  const load = () => {
    loaded[id] ||= get(client, `/v1/files/${id}`, picture ? type : 'application/octet-stream');
    loaded[id].catch(() => delete loaded[id]);
    return loaded[id];
  };
  const made = button([h('bdi', null, name), h('small', null, t('download', { size: formatSize(bytes) }))],
    () => load().then((url) => save(url, name)).catch(() => fail('load_failed')), { class: 'file' });
  if (picture) {
    const onerror = ({ target }) => target.remove();
    load().then((src) => made.prepend(h('img', { alt: '', src, onerror }))).catch(() => {});
  }
  return made;
};

// Sends one; gives the frames that answer, fails when none came.
export const upload = (item, { base, key }) => new Promise((resolve, reject) => {
  const { file, frame } = item;
  const request = new XMLHttpRequest();
  request.open('POST', `${base}/v1/files?client_id=${frame.client_id}`);
  request.setRequestHeader('X-File-Name', encodeURIComponent(file.name));
  request.setRequestHeader('Authorization', `Bearer ${key}`);
  request.responseType = 'json';
  request.upload.onprogress = ({ loaded: sent }) => { if (item.bar) item.bar.value = sent; };
  request.onloadend = () => (request.response?.frames ? resolve(request.response.frames) : reject(request.status));
  request.send(file);
});
