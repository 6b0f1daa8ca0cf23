// What the ticket form finds wrong before it is sent.
import { fault } from '/widget/form.js';
import { same } from './check.js';

const RULE = { min: 3, max: 10 };

export const lengths_are_counted_in_characters_without_the_space_around = () => {
  same(['', '  ', 'ab', ' ab ', 'abc', '😀'.repeat(10), 'x'.repeat(10), 'x'.repeat(11)].map((value) => fault('subject', value, RULE) ?? 'fine'),
    ['missing', 'missing', 'too_short', 'too_short', 'fine', 'fine', 'fine', 'too_long']);
};

export const an_address_looks_like_one = () => {
  const rule = { min: 3, max: 320 };
  for (const value of ['sari@example.com', ' a.b+c@sub.example.id ']) same(fault('email', value, rule), undefined, value);
  for (const value of ['sari', 'sari@', '@example.com', 'sari@example', 'a b@example.com', 'a@b@example.com', '<a@b.com>']) {
    same(fault('email', value, rule), 'wrong', value);
  }
};

export const a_priority_is_chosen = () => {
  same([fault('priority', ''), fault('priority', 'p2') ?? 'fine'], ['missing', 'fine']);
};
