// What the page asks the inspector for.
const PATH = '/inspect';
const RETRY = 2000; // ms

// Does something; the answer has the steps to come as `plan`, or a `problem`.
export const post = async (deed, body = {}) => {
  try {
    const answer = await fetch(`${PATH}/${deed}`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
    });
    return await answer.json();
  } catch {
    return { problem: 'The inspector does not answer. Does `kilat inspect` still run?' };
  }
};

export const choices = async () => (await fetch(`${PATH}/choices`)).json();

// Calls `show` with all that is new, for ever; `lost` while the inspector is away.
export const follow = async (show, lost) => {
  let [version, epoch] = [0, 0];
  for (;;) {
    try {
      const answer = await fetch(`${PATH}/turns?after=${version}&epoch=${epoch}`);
      const news = await answer.json();
      // A lower version: the inspector was started anew.
      const isOther = news.epoch !== epoch || news.version < version;
      ({ version, epoch } = news);
      show(news, isOther);
    } catch (error) {
      console.warn(error);
      [version, epoch] = [0, 0];
      lost();
      await new Promise((done) => setTimeout(done, RETRY));
    }
  }
};
