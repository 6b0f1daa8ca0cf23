// Files of agents: sent with their progress. What comes of it is an entry of the log.

export const upload = (item, csrf) => new Promise((resolve, reject) => {
  const { file, frame } = item;
  const query = new URLSearchParams({ conversation: frame.conversation, client_id: frame.client_id });
  const request = new XMLHttpRequest();
  request.open('POST', `/agent/files?${query}`);
  request.setRequestHeader('X-CSRF-Token', csrf);
  request.setRequestHeader('X-File-Name', encodeURIComponent(file.name));
  request.responseType = 'json';
  request.upload.onprogress = ({ loaded }) => { if (item.bar) item.bar.value = loaded; };
  request.onloadend = () => {
    const answer = request.response?.frames?.[0] || request.response;
    if (request.status >= 200 && request.status < 300) resolve(answer);
    else reject(Object.assign(new Error('upload'), { code: answer?.code || (request.status ? 'refused' : 'lost') }));
  };
  request.send(file);
});
