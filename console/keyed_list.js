// Lists that change while somebody reads them: what stays the same keeps its element, its focus and its place.

const held = (parent) => [...parent.children].find((child) => child.contains(document.activeElement));

// Makes the children of `parent` those of `items`: {key, look (text: what it shows), make() its element}.
export const sync = (parent, items) => {
  const had = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const focused = held(parent)?.dataset.key;
  const wanted = items.map(({ key, look, make }) => {
    const old = had.get(key);
    if (old && old.look === look) return old;
    const made = Object.assign(make(), { look });
    made.dataset.key = key;
    old?.replaceWith(made);
    return made;
  });
  const kept = new Set(wanted);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  wanted.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
  });
  if (focused && !held(parent)) {
    const again = wanted.find((child) => child.dataset.key === focused);
    (again?.matches('button, a') ? again : again?.querySelector('button, a'))?.focus({ preventScroll: true });
  }
};
