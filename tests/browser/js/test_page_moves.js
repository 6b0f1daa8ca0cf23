// Where the visitor is: events when it changes, before what is said there.
import { same } from './assert.js';
import { connectClient, entry, welcome } from './fake_connection.js';

export const a_page_that_loads_no_other_is_told_once = () => {
  const { client, receive, sent } = connectClient();
  client.hello();
  receive(welcome([entry(1)], { key: 'k' }));
  const before = location.href;
  history.pushState(null, '', '/en/billing-settings');
  document.title = '(2026) Billing';
  client.send('say', { text: 'a' });
  client.send('say', { text: 'b' });
  client.pageChanged();
  history.replaceState(null, '', before);
  document.title = '';
  same(sent.map(({ type }) => type), ['page', 'say']);
  same([sent[0].page.url, sent[0].page.title], [`${location.origin}/en/billing-settings`, '(2026) Billing']);
};

export const what_could_not_be_told_is_told_later = () => {
  const { client, receive, sent } = connectClient();
  client.hello();
  document.title = 'Elsewhere';
  client.pageChanged();
  receive(welcome([entry(1)], { key: 'k' }));
  client.pageChanged();
  document.title = '';
  same(sent.map(({ type }) => type), ['page']);
};
