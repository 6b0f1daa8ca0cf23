// Cards: what a text says, laid out. A card that is not known here, or is broken, gives null: then the text is shown.
import { copyButton, h, screenReaderOnly, icon, link, linkedText } from './dom.js';
import { ticketForm } from './ticket_form.js';
import { webUrl } from './protocol.js';
import { queuePosition, t } from './i18n.js';

const source = (card) => card.source && linkedText(card.source, 'source');

const phoneNumber = ({ number: shown, extension, tel }) => h('li.row', null,
  h('a.tel', { href: /^tel:\+?\d+$/.test(tel) && tel }, icon('phone'), h('bdi', null, shown)),
  extension && h('span', null, t('extension', { n: extension })), copyButton(shown));

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
    link([title, h('span', { 'aria-hidden': 'true' }, '↗')], url, { class: 'door' }))))],

  ticket: (card) => [h('p.row', null, h('strong', null, card.number), copyButton(card.number)), linkedText(card.times)],

  queue: (card, { client }) => {
    const now = h('strong');
    const refresh = () => {
      const { queue } = client.state;
      now.textContent = queue?.case === card.case ? queuePosition(queue) : t('queue_over');
    };
    return Object.assign([now], { refresh });
  },

  ticket_form: ticketForm,
};

// The children that show the card. `refresh` on them is to be called whenever the state changes.
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
