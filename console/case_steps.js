// Puts the steps of a case into words: notes of every kind but `note`.
import { t } from '/widget/i18n.js';

const KINDS = ['taken', 'assigned', 'transferred', 'returned', 'ticketed', 'closed', 'warned', 'late', 'escalated',
  'restore_warned', 'restore_late', 'told_manager'];
// Reasons of transfers that happen automatically.
const AUTOMATIC = { away: 'did_away', silence: 'did_silence' };

const messageKey = ({ agent, body, kind }, to) => {
  if (!KINDS.includes(kind)) return 'did_other';
  if (kind === 'told_manager') return body.told ? 'did_told_manager' : 'did_told_nobody';
  if (kind === 'transferred' && body.automatic) return AUTOMATIC[body.reason] || 'did_released';
  if (kind === 'transferred' && !to) return 'did_released';
  if (kind === 'assigned' && body.from) return body.to === agent ? 'did_took_over' : 'did_reassigned';
  return `did_${kind}`;
};

// What happened, who did it, and why. `team`: the agents, for their names.
export const describeStep = ({ kind, agent, body }, { team }) => {
  const name = (id) => team.find((each) => each.id === id)?.name || id || t('somebody');
  const to = body.to ? name(body.to) : body.tier && t('tier', { n: body.tier });
  const key = messageKey({ agent, body, kind }, to);
  const reason = kind === 'closed' ? t(`reason_${body.reason}`) : !Object.values(AUTOMATIC).includes(key) && body.reason;
  return [t(key, { agent: name(agent), from: body.from && name(body.from), to, tier: body.tier, kind }), reason]
    .filter(Boolean).join(' – ');
};
