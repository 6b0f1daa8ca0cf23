// Where the visitor is: told when it changes, before what is said there.
import { same } from './assert.js';
import { entry, talk, welcome } from './fake_connection.js';

export const a_page_that_loads_no_other_is_told_once = () => {
  const { client, hear, sent } = talk();
  client.hello();
  hear(welcome([entry(1)], { key: 'k' }));
  const before = location.href;
  history.pushState(null, '', '/en/billing-settings');
  document.title = '(2026) Billing';
  client.post('say', { text: 'a' });
  client.post('say', { text: 'b' });
  client.moved();
  history.replaceState(null, '', before);
  document.title = '';
  same(sent.map(({ type }) => type), ['page', 'say']);
  same([sent[0].page.url, sent[0].page.title], [`${location.origin}/en/billing-settings`, '(2026) Billing']);
};

export const what_could_not_be_told_is_told_later = () => {
  const { client, hear, sent } = talk();
  client.hello();
  document.title = 'Elsewhere';
  client.moved();
  hear(welcome([entry(1)], { key: 'k' }));
  client.moved();
  document.title = '';
  same(sent.map(({ type }) => type), ['page']);
};
