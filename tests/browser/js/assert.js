// Assertions for the tests of this folder. They throw an Error that names what was found and what was wanted.

export const same = (found, wanted, what = '') => {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: found ${a}, wanted ${b}`);
};

export const ok = (value, what) => {
  if (!value) throw new Error(what);
};

// Waits until `find` gives something true.
export const until = async (find, what, ms = 5000) => {
  for (const end = Date.now() + ms; Date.now() < end;) {
    const found = find();
    if (found) return found;
    await new Promise((resolve) => { setTimeout(resolve, 10); });
  }
  throw new Error(`waited in vain: ${what}`);
};

export const golden = async (name) => (await (await fetch(`/test/wire/${name}.json`)).json());
