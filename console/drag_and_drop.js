// Drag and drop: files go to the conversation over which they came, texts into a field of that conversation. Everything
// else is refused, so that the browser never opens a dropped file in place of the page.

// `main`: where files may be dropped. `conversation()`: the one on the screen. `overlay`: shown while files may be
// dropped. `onFiles(files)` gets the dropped files.
export const enableDragAndDrop = ({ main, conversation, client, overlay, onFiles }) => {
  let startId; // of the conversation on the screen when the drag began; null: none
  let isFromPage;
  const currentId = () => conversation()?.id ?? null;
  const hasFiles = ({ dataTransfer }) => dataTransfer.types.includes('Files');
  const isSameConversation = () => startId === currentId();
  const mayDrop = (event) => (hasFiles(event)
    ? main.contains(event.target) && isSameConversation() && conversation() && client.isOwn(conversation())
    : event.target.matches?.('input, textarea') && isSameConversation());
  const start = () => { startId ??= currentId(); };
  const end = () => {
    startId = isFromPage = undefined;
    overlay.hidden = true;
  };
  const listeners = {
    dragstart() {
      isFromPage = true;
      start();
    },
    dragenter: start,
    dragover(event) {
      start();
      const isAllowed = mayDrop(event);
      overlay.hidden = !(isAllowed && hasFiles(event));
      if (isAllowed && !hasFiles(event)) return;
      event.preventDefault();
      if (!isAllowed) event.dataTransfer.dropEffect = 'none';
    },
    dragleave({ relatedTarget }) {
      overlay.hidden = true;
      if (!relatedTarget && !isFromPage) end();
    },
    drop(event) {
      const isAllowed = mayDrop(event);
      if (!isAllowed || hasFiles(event)) event.preventDefault();
      if (isAllowed && hasFiles(event)) onFiles(event.dataTransfer.files);
      end();
    },
    dragend: end,
  };
  for (const [type, listener] of Object.entries(listeners)) document.addEventListener(type, listener);
};
