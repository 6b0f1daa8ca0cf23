// Uploads a file and shows its progress. The widget and the console use it.

// In: the URL, more headers, and an item {file, bar?} of the outbox; `bar` is a <progress> element that counts bytes.
// Out: a promise of {status, body}: `body` is the JSON answer or null; `status` is 0 when no answer came.
export const uploadFile = (url, headers, item) => new Promise((resolve) => {
  const { file } = item;
  const request = new XMLHttpRequest();
  request.open('POST', url);
  for (const name in headers) request.setRequestHeader(name, headers[name]);
  request.setRequestHeader('X-File-Name', encodeURIComponent(file.name));
  request.responseType = 'json';
  request.upload.onprogress = ({ loaded }) => { if (item.bar) item.bar.value = loaded; };
  request.onloadend = () => resolve({ status: request.status, body: request.response });
  request.send(file);
});
