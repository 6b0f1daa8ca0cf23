// NLP.js as a worker: speaks what workers/protocol.py describes. Runs where package.json is installed.
// Without its threshold, so that no answer is hidden; its own "None" is "none of these". No sentiment, no entities.
'use strict';

const fs = require('fs');
const path = require('path');
const readline = require('readline');
const { containerBootstrap, Nlp, LangEn } = require('@nlpjs/basic');
const { LangId } = require('@nlpjs/lang-id');

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
console.log = console.error;

function peakMb() {
  return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
}

function cpuMs(since) {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

function create(language) {
  const container = containerBootstrap();
  container.use(LangEn);
  container.use(LangId);
  const nlp = new Nlp({
    container, languages: [language], threshold: 0, autoSave: false, autoLoad: false, calculateSentiment: false,
    nlu: { log: false },
  });
  nlp.container.register('fs', { readFile: () => undefined, writeFile: () => undefined, existsSync: () => false });
  return nlp;
}

async function fit(folder, request) {
  const lines = fs.readFileSync(request.train, 'utf8').split('\n').filter(Boolean);
  const started = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  const nlp = create(request.language);
  for (const line of lines) {
    const tab = line.indexOf('\t');
    nlp.addDocument(request.language, line.slice(tab + 1), line.slice(0, tab));
  }
  await nlp.train();
  fs.writeFileSync(path.join(folder, 'model.json'), JSON.stringify(nlp.toJSON()));
  say({ wall_s: Number(process.hrtime.bigint() - started) / 1e9, cpu_s: cpuMs(cpu) / 1000, peak_mb: peakMb() });
}

async function answer(folder, request) {
  const started = process.hrtime.bigint();
  const nlp = create(request.language);
  nlp.fromJSON(JSON.parse(fs.readFileSync(path.join(folder, 'model.json'), 'utf8')));
  say({ load_s: Number(process.hrtime.bigint() - started) / 1e9 });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { text } = JSON.parse(line);
    const wall = process.hrtime.bigint();
    const cpu = process.cpuUsage();
    const { intent, score } = await nlp.process(request.language, text);
    say({
      cpu_ms: cpuMs(cpu), wall_ms: Number(process.hrtime.bigint() - wall) / 1e6,
      label: intent === 'None' ? null : intent, confidence: score,
    });
  }
  say({ peak_mb: peakMb() });
}

const [command, folder] = process.argv.slice(2);
if (command === 'idle') {
  say({ peak_mb: peakMb() });
} else {
  const request = JSON.parse(fs.readFileSync(path.join(folder, 'request.json'), 'utf8'));
  ({ fit, answer })[command](folder, request).catch((error) => {
    console.error(error);
    process.exit(1);
  });
}
