// What survives a reload: the key and unsent frames (localStorage, all tabs), drafts and the open panel (this tab).

// A storage that may be forbidden, or full: then it lasts as long as the page.
const box = (name) => {
  const spare = new Map();
  const use = (action, instead) => {
    try { return action(window[name]); } catch { return instead(); }
  };
  return {
    get: (key) => spare.get(key) ?? use((real) => real.getItem(key), () => null),
    set: (key, text) => use((real) => { real.setItem(key, text); spare.delete(key); }, () => spare.set(key, text)),
    remove: (key) => { spare.delete(key); use((real) => real.removeItem(key), () => {}); },
    keys: () => [...new Set([...spare.keys(), ...use((real) => Object.keys(real), () => [])])],
  };
};

const parse = (text) => {
  try { return JSON.parse(text); } catch { return null; }
};

export class Keep {
  constructor(name) {
    this.name = name;
    this.local = box('localStorage');
    this.session = box('sessionStorage');
  }

  // Fields kept under the one name. `tab`: only for this tab.
  get(field, tab = false) {
    return parse((tab ? this.session : this.local).get(this.name))?.[field];
  }

  set(field, value, tab = false) {
    const store = tab ? this.session : this.local;
    store.set(this.name, JSON.stringify({ ...parse(store.get(this.name)), [field]: value }));
  }

  // Unsent things have a name each, so that two tabs never overwrite each other's.
  unsent() {
    const prefix = `${this.name}:out:`;
    return this.local.keys().filter((key) => key.startsWith(prefix))
      .map((key) => parse(this.local.get(key))).filter((item) => item?.frame?.client_id)
      .sort((a, b) => a.order - b.order);
  }

  saveUnsent(item) {
    this.local.set(`${this.name}:out:${item.frame.client_id}`, JSON.stringify(item));
  }

  dropUnsent(id) {
    this.local.remove(`${this.name}:out:${id}`);
  }
}
