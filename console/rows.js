// A case in a list, and an agent in the team.
import { h, hidden } from '/widget/dom.js';
import { t } from '/widget/words.js';
import { ticking, promise, waiting } from './clock.js';
import { icon } from './icons.js';
import { customerName, languageOf, nameOf } from './names.js';

export const pill = (priority) => priority && h(`span.pill.${priority}`, { title: nameOf('priority', priority) },
  priority.toUpperCase());

// The first response, as long as nobody has given it.
const due = ({ since, first_response_due_at: by, first_response_at: done }) => by && !done
  && ticking(() => promise(since, by), 'span.due');

const words = ({ last, question }) => {
  if (!last) return question;
  const said = last.kind === 'file' ? t('sent_file') : last.text;
  return last.author === 'visitor' ? said : `${t(`by_${last.author}`)}: ${said}`;
};

// `own` is one of the agent's conversations; a waiting one shows why it stands where it stands.
const caseRow = (row, { own, current, me, open }) => h('li', null, h(`button.case${row.late ? '.late' : ''}`, {
  type: 'button', 'aria-current': current && 'true', onclick: () => open(row.conversation),
},
h('span.line', null, pill(row.priority), h('b.who', null, customerName(row)),
  row.unread > 0 && h('span.badge', null, String(row.unread), hidden(' ', t('unread'))),
  !own && h('span.wait', null, hidden(t('waits_for'), ' '), waiting(row.since))),
h('span.words', { dir: 'auto' }, words(row)),
h('span.line.tags', null,
  row.late && h('span.flag', null, icon('late'), due(row) || t('late')),
  row.kept_for === me && h('span.kept', null, t('kept_for_you')),
  !row.late && due(row),
  h('span', null, t('tier', { n: row.tier })), row.plan && h('span', null, nameOf('plan', row.plan)),
  h('abbr', { title: languageOf(row.language) }, row.language.toUpperCase()))));

export const caseItems = (rows, context) => rows.map((row) => {
  const current = row.conversation === context.current;
  return {
    key: row.conversation, look: JSON.stringify([row, current]),
    make: () => caseRow(row, { ...context, current }),
  };
});

export const agentItems = (team) => team.map((agent) => ({
  key: agent.id, look: JSON.stringify(agent),
  make: () => h('li.agent', null, h(`i.dot.${agent.presence}`, { 'aria-hidden': 'true' }),
    h('span.who', null, agent.name), h('span.muted', null, t(`presence_${agent.presence}`), ' · ',
      hidden(t('load'), ' '), `${agent.load}/${agent.capacity}`)),
}));

export const draftItems = (drafts, { current, open }) => drafts.map((draft) => ({
  key: draft.conversation, look: JSON.stringify([draft, current]),
  make: () => h('li', null, h('button.case', {
    type: 'button', 'aria-current': draft.conversation === current && 'true', onclick: () => open(draft.conversation),
  }, h('span.line', null, h('b.who', null, customerName(draft))), h('span.words', { dir: 'auto' }, draft.text))),
}));
