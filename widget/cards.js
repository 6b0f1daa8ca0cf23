// Cards: what a text says, laid out. A card that is not known here, or is broken, gives null: then the text is shown.
import { copier, h, hidden, icon, link, prose, button } from './dom.js';
import { form } from './form.js';
import { webUrl } from './protocol.js';
import { t } from './words.js';

const lead = (card) => card.lead && prose(card.lead);
const source = (card) => card.source && prose(card.source, { class: 'source' });

const number = ({ number: shown, extension, tel }) => h('li', { class: 'number' },
  /^tel:\+?\d+$/.test(tel)
    ? h('a', { href: tel }, icon('phone'), hidden(`${t('call')} `), h('bdi', { text: shown }))
    : h('bdi', { text: shown }),
  extension && h('span', { class: 'extension', text: t('extension', { n: extension }) }),
  copier(shown));

const facts = (pairs) => h('dl', { class: 'facts' }, pairs.filter(([, value]) => value)
  .map(([name, ...value]) => h('div', {}, h('dt', { text: name }), h('dd', {}, value))));

const CARDS = {
  phone: (card) => [
    lead(card),
    card.lines.map(({ country, numbers }) => [
      h('h3', { text: country }), h('ul', { class: 'numbers' }, numbers.map(number)),
    ]),
    card.missing && prose(card.missing),
    card.prepare && prose(card.prepare, { class: 'prepare' }),
    source(card),
  ].flat(2),

  table: (card) => {
    const cell = (value, i) => h('td', { 'data-of': card.columns[i + 1] }, value ?? [
      h('span', { class: 'none', 'aria-hidden': 'true', text: '–' }), hidden(t('not_included')),
    ]);
    const caption = h('caption', { text: card.caption });
    return [
      lead(card),
      h('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': card.caption },
        h('table', {}, caption,
          h('thead', {}, h('tr', {}, card.columns.map((name) => h('th', { scope: 'col', text: name })))),
          h('tbody', {}, card.rows.map((row) => h('tr', {}, h('th', { scope: 'row', text: row.name }), row.cells.map(cell)))))),
      card.note && prose(card.note),
      source(card),
    ];
  },

  links: (card) => [
    lead(card),
    h('ul', { class: 'links' }, card.links.filter(({ url }) => webUrl(url))
      .map(({ title, url }) => h('li', {}, link([h('span', { text: title }), icon('out')], webUrl(url), { class: 'door' })))),
  ],

  ticket: (card) => [
    lead(card),
    facts([
      [t('ticket'), h('strong', { text: card.number }), copier(card.number)],
      [t('priority'), card.priority],
      [t('answer_to'), card.email && h('bdi', { text: card.email })],
      [t('times'), card.times],
    ]),
  ],

  queue: (card, { client }) => {
    const place = h('div', { class: 'place' });
    const parts = [lead(card), place];
    parts.refresh = () => {
      const { queue } = client.state;
      const here = queue?.case === card.case;
      place.replaceChildren(
        facts([[t('case'), h('strong', { text: card.case })], [t('position'), here && h('strong', { text: queue.position })]]),
        here ? button(t('leave_queue'), () => client.post('leave_queue'), { class: 'quiet' })
          : h('p', { class: 'source', text: t('queue_over') }),
      );
    };
    return parts;
  },

  ticket_form: (card, context, entry) => form(card, context, entry),
};

// The children that show the card; `refresh` on them is to be called whenever the state changes.
export const card = (entry, context) => {
  const show = entry.card && Object.hasOwn(CARDS, entry.card.type) && CARDS[entry.card.type];
  if (!show) return null;
  try {
    const parts = show(entry.card, context, entry);
    parts.refresh?.();
    return parts;
  } catch (error) {
    console.error(error);
    return null;
  }
};
