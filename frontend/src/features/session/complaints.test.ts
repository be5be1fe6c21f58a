/** A refused field says why beside itself. */
import { expect, it } from 'vitest';

import { complaintsOf } from './complaints';

it('gives the sentences of each field, wherever the server puts them', () => {
  const password = ['This password is too short.', 'This password is too common.'];
  expect(complaintsOf({ password })).toEqual({ password: 'This password is too short. This password is too common.' });
  expect(complaintsOf({ person: { username: ['May not be blank.'] } })).toEqual({ username: 'May not be blank.' });
});

it('gives nothing for a refusal that is of no field', () => {
  for (const details of [null, {}, 'no', { wait: 3 }]) expect(complaintsOf(details)).toEqual({});
});
