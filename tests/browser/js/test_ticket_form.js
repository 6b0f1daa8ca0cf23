// The ticket form: what it rejects before it is sent.
import { fieldError, ticketForm } from '/widget/ticket_form.js';
import { setMessages } from '/widget/i18n.js';
import words from '/widget/locales/en.js';
import { same } from './assert.js';
import { connectClient } from './fake_connection.js';

const RULE = { min: 3, max: 10 };

export const lengths_are_counted_in_characters_without_the_space_around = () => {
  same(['', '  ', 'ab', ' ab ', 'abc', '😀'.repeat(10), 'x'.repeat(10), 'x'.repeat(11)].map((value) => fieldError('subject', value, RULE) ?? 'fine'),
    ['missing', 'missing', 'too_short', 'too_short', 'fine', 'fine', 'fine', 'too_long']);
};

export const an_address_looks_like_one = () => {
  const rule = { min: 3, max: 320 };
  for (const value of ['sari@example.com', ' a.b+c@sub.example.id ']) same(fieldError('email', value, rule), undefined, value);
  for (const value of ['sari', 'sari@', '@example.com', 'sari@example', 'a b@example.com', 'a@b@example.com', '<a@b.com>']) {
    same(fieldError('email', value, rule), 'wrong', value);
  }
};

export const a_priority_is_chosen = () => {
  same([fieldError('priority', ''), fieldError('priority', 'p2') ?? 'fine'], ['missing', 'fine']);
};

export const a_refusal_tells_of_the_fields_that_there_are = () => {
  setMessages(words);
  const { client, storage } = connectClient();
  client.outbox.add({ type: 'ticket', client_id: 't-1', values: {} }, 'c_1');
  const rejections = {};
  const [made] = ticketForm({}, { client, storage, rejections }, { seq: 1 });
  rejections['t-1'](JSON.parse('{"fields": {"__proto__": "wrong", "constructor": "wrong", "subject": "missing"}}'));
  same({}.textContent, undefined, 'nothing else changed');
  same([...made.querySelectorAll('[aria-invalid=true]')].map(({ id }) => id), ['subject-1']);
};
