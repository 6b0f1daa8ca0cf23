// Cards: what a text says, laid out. A card that is not known here, or is broken, gives null: then the text is shown.
import { copier, h, hidden, icon, link, prose } from './dom.js';
import { form } from './ticket_form.js';
import { webUrl } from './protocol.js';
import { place, t } from './i18n.js';

const source = (card) => card.source && prose(card.source, 'source');

const number = ({ number: shown, extension, tel }) => h('li.row', null,
  h('a.tel', { href: /^tel:\+?\d+$/.test(tel) && tel }, icon('phone'), h('bdi', null, shown)),
  extension && h('span', null, t('extension', { n: extension })), copier(shown));

const CARDS = {
  phone: (card) => [
    card.lines.map(({ country, numbers }) => [h('h3', null, country), h('ul', null, numbers.map(number))]),
    card.missing && prose(card.missing),
    card.prepare && prose(card.prepare, 'prepare'),
    source(card),
  ],

  table: (card) => [
    h('div.wide', { tabindex: 0, role: 'region', 'aria-label': card.caption }, h('table', null,
      h('caption', null, card.caption),
      h('thead', null, h('tr', null, card.columns.map((name) => h('th', { scope: 'col' }, name)))),
      h('tbody', null, card.rows.map(({ name, cells }) => h('tr', null, h('th', { scope: 'row' }, name),
        cells.map((cell) => h('td', null, cell
          ?? [h('span', { 'aria-hidden': 'true' }, '–'), hidden(t('not_included'))])))))),
    ),
    card.note && prose(card.note),
    source(card),
  ],

  links: (card) => [h('ul', null, card.links.filter(({ url }) => webUrl(url)).map(({ title, url }) => h('li', null,
    link([title, h('span', { 'aria-hidden': 'true' }, '↗')], url, { class: 'door' }))))],

  ticket: (card) => [h('p.row', null, h('strong', null, card.number), copier(card.number)), prose(card.times)],

  queue: (card, { client }) => {
    const now = h('strong');
    const refresh = () => {
      const { queue } = client.state;
      now.textContent = queue?.case === card.case ? place(queue) : t('queue_over');
    };
    return Object.assign([now], { refresh });
  },

  ticket_form: form,
};

// The children that show the card. `refresh` on them is to be called whenever the state changes.
export const show = (entry, context) => {
  const { card } = entry;
  if (!card || !Object.hasOwn(CARDS, card.type)) return null;
  try {
    const parts = CARDS[card.type](card, context, entry);
    if (card.lead) parts.unshift(prose(card.lead));
    parts.refresh?.();
    return parts;
  } catch (error) {
    console.error(error);
    return null;
  }
};
