// Updates lists of elements in place: an item that stays the same keeps its element, its focus and its position.

const focusedChild = (parent) => [...parent.children].find((child) => child.contains(document.activeElement));

// Makes the children of `parent` those of `items`: {key, version, render}. An item is drawn anew, by render(), when its
// `version` (a text) has changed.
export const updateList = (parent, items) => {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const focusedKey = focusedChild(parent)?.dataset.key;
  const children = items.map(({ key, version, render }) => {
    const before = old.get(key);
    if (before && before.version === version) return before;
    const child = Object.assign(render(), { version });
    child.dataset.key = key;
    before?.replaceWith(child);
    return child;
  });
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
  });
  if (focusedKey && !focusedChild(parent)) {
    const child = children.find(({ dataset }) => dataset.key === focusedKey);
    (child?.matches('button, a') ? child : child?.querySelector('button, a'))?.focus({ preventScroll: true });
  }
};
