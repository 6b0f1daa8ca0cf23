// What is dragged and let go: files onto the conversation over which they came, texts into a box of that conversation.
// Everything else goes nowhere, and never in the place of this page.

// `main` is where files are taken, `chat()` the conversation on the screen, `sign` shows that they may be let go,
// `take(files)` takes them.
export const drops = ({ main, chat, desk, sign, take }) => {
  let over; // the conversation that was on the screen when it came, or was picked up there
  let picked;
  const has = ({ dataTransfer }) => dataTransfer.types.includes('Files');
  const stays = () => over === (chat()?.id ?? null);
  const mayDrop = (event) => (has(event)
    ? main.contains(event.target) && stays() && chat() && desk.isMine(chat())
    : event.target.matches?.('input, textarea') && stays());
  const begin = () => { over ??= chat()?.id ?? null; };
  const end = () => {
    over = picked = undefined;
    sign.hidden = true;
  };
  const hears = {
    dragstart() {
      picked = true;
      begin();
    },
    dragenter: begin,
    dragover(event) {
      begin();
      const may = mayDrop(event);
      sign.hidden = !(may && has(event));
      if (may && !has(event)) return;
      event.preventDefault();
      if (!may) event.dataTransfer.dropEffect = 'none';
    },
    dragleave({ relatedTarget }) {
      sign.hidden = true;
      if (!relatedTarget && !picked) end();
    },
    drop(event) {
      const may = mayDrop(event);
      if (!may || has(event)) event.preventDefault();
      if (may && has(event)) take(event.dataTransfer.files);
      end();
    },
    dragend: end,
  };
  for (const [type, hear] of Object.entries(hears)) document.addEventListener(type, hear);
};
