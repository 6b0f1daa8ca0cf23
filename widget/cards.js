// Cards: the structured form of an entry's text (docs/protocol.md, "Cards").
import { copyButton, h, icon, link, linkedText, screenReaderOnly } from './dom.js';
import { queuePosition, t } from './i18n.js';
import { webUrl } from './links.js';
import { ticketForm } from './ticket_form.js';

const source = (card) => card.source && linkedText(card.source, 'source');

const phoneNumber = ({ number, extension, tel }) => h('li.row', null,
  h('a.tel', { href: /^tel:\+?\d+$/.test(tel) && tel }, icon('phone'), h('bdi', null, number)),
  extension && h('span', null, t('extension', { n: extension })), copyButton(number));

// Card type -> (card, context, entry) => the elements below the lead.
const CARDS = {
  phone: (card) => [
    card.lines.map(({ country, numbers }) => [h('h3', null, country), h('ul', null, numbers.map(phoneNumber))]),
    card.missing && linkedText(card.missing),
    card.prepare && linkedText(card.prepare, 'prepare'),
    source(card),
  ],

  table: (card) => [
    h('div.wide', { tabindex: 0, role: 'region', 'aria-label': card.caption }, h('table', null,
      h('caption', null, card.caption),
      h('thead', null, h('tr', null, card.columns.map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', null, card.rows.map(({ name, cells }) => h('tr', null, h('th', { scope: 'row' }, name),
        cells.map((cell) => h('td', null, cell
          ?? [h('span', { 'aria-hidden': 'true' }, '–'), screenReaderOnly(t('not_included'))])))))),
    ),
    card.note && linkedText(card.note),
    source(card),
  ],

  links: (card) => [h('ul', null, card.links.filter(({ url }) => webUrl(url)).map(({ title, url }) => h('li', null,
    link([title, h('span', { 'aria-hidden': 'true' }, '↗')], url, { class: 'card-link' }))))],

  ticket: (card) => [h('p.row', null, h('strong', null, card.number), copyButton(card.number)), linkedText(card.times)],

  queue: (card, { client }) => {
    const position = h('strong');
    const refresh = () => {
      const { queue } = client.state;
      position.textContent = queue?.case === card.case ? queuePosition(queue) : t('queue_over');
    };
    return Object.assign([position], { refresh });
  },

  ticket_form: ticketForm,
};

// The elements that show the card of `entry`; `refresh` on the array is to be called whenever the state changes.
// null when the card's type is unknown or the card is broken: then the caller shows the text.
export const renderCard = (entry, context) => {
  const { card } = entry;
  if (!card || !Object.hasOwn(CARDS, card.type)) return null;
  try {
    const parts = CARDS[card.type](card, context, entry);
    if (card.lead) parts.unshift(linkedText(card.lead));
    parts.refresh?.();
    return parts;
  } catch (error) {
    console.error(error);
    return null;
  }
};
