// The items of the sidebar's lists (keyed_list.js): cases, agents, drafts.
import { button, h, screenReaderOnly } from '/widget/dom.js';
import { t } from '/widget/i18n.js';
import { icon } from './icons.js';
import { customerName, labelOf, languageName } from './labels.js';
import { liveElement, slaStatus, waitingTime } from './sla_timers.js';

// "P1", with the priority's label as the tooltip.
export const priorityBadge = (priority) => priority && h(`span.priority.${priority}`, {
  title: labelOf('priority', priority),
}, priority.toUpperCase());

// The time left for the first response, until somebody has given it.
const firstResponseTimer = ({ opened_at: start, first_response_due_at: due, first_response_at: done }) => due && !done
  && liveElement(() => slaStatus(start, due), 'span.due');

const previewText = ({ last, question }) => {
  if (!last) return question;
  const text = last.kind === 'file' ? t('sent_file') : last.text;
  return last.author === 'visitor' ? text : `${t(`by_${last.author}`)}: ${text}`;
};

const caseElement = (row, { isOwn, isCurrent, agentId, open }) => h('li', null, h(`button.case${row.late ? '.late' : ''}`, {
  type: 'button', 'aria-current': isCurrent && 'true', onclick: () => open(row.conversation),
},
h('span.line', null, priorityBadge(row.priority), h('b.name', null, customerName(row)),
  row.unread > 0 && h('span.unread', null, String(row.unread), screenReaderOnly(' ', t('unread'))),
  !isOwn && h('span.waiting-time', null, screenReaderOnly(t('waits_for'), ' '), waitingTime(row.opened_at))),
h('span.preview', { dir: 'auto' }, previewText(row)),
h('span.line.tags', null,
  row.late && h('span.late-tag', null, icon('late'), firstResponseTimer(row) || t('late')),
  row.reserved_for === agentId && h('span.reserved', null, t('reserved_for_you')),
  !row.late && firstResponseTimer(row),
  h('span', null, t('tier', { n: row.tier })), row.plan && h('span', null, labelOf('plan', row.plan)),
  h('abbr', { title: languageName(row.language) }, row.language.toUpperCase()))));

// `rows`: cases. `context`: {currentId, agentId, open(conversationId), isOwn}; `isOwn`: the agent has these cases.
export const caseItems = (rows, context) => rows.map((row) => {
  const isCurrent = row.conversation === context.currentId;
  return {
    key: row.conversation, version: JSON.stringify([row, isCurrent]),
    render: () => caseElement(row, { ...context, isCurrent }),
  };
});

export const agentItems = (team) => team.map((agent) => ({
  key: agent.id, version: JSON.stringify(agent),
  render: () => h('li.agent', null, h(`i.dot.${agent.presence}`, { 'aria-hidden': 'true' }),
    h('span.name', null, agent.name), h('span.muted', null, t(`presence_${agent.presence}`), ' · ',
      screenReaderOnly(t('load'), ' '), `${agent.load}/${agent.capacity}`)),
}));

// `drafts`: [{conversation, name, text}].
export const draftItems = (drafts, { currentId, open }) => drafts.map((draft) => {
  const { conversation: id, text } = draft;
  return {
    key: id, version: JSON.stringify([draft, currentId]),
    render: () => h('li', null, button([h('span.line', null, h('b.name', null, customerName(draft))),
      h('span.preview', { dir: 'auto' }, text)], () => open(id), {
      class: 'case', 'aria-current': id === currentId && 'true',
    })),
  };
});
