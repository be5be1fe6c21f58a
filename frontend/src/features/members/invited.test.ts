/** Lines become invitations: a note, and the roles that the line or the form names. */
import { expect, it } from 'vitest';

import { invitedOf, invitedSentence, problemOf } from './invited';

it('makes as many as were asked for where no line is written', () => {
  expect(invitedOf(' \n', 2, ['reader'])).toEqual([
    { note: '', roles: ['reader'] },
    { note: '', roles: ['reader'] },
  ]);
});

it('makes one for each line and takes the roles from its end', () => {
  const lines = 'Dr. Vogt\n\nVogt, Anna <a@clinic.org>\nDr. Lee, Reader , data manager\nadjudicator\nx, reader, reader';
  expect(invitedOf(lines, 9, ['engineer'])).toEqual([
    { note: 'Dr. Vogt', roles: ['engineer'] },
    { note: 'Vogt, Anna <a@clinic.org>', roles: ['engineer'] },
    { note: 'Dr. Lee', roles: ['reader', 'manager'] },
    { note: '', roles: ['adjudicator'] },
    { note: 'x', roles: ['reader'] },
  ]);
});

it('says what is missing', () => {
  expect(problemOf(invitedOf('', 0, ['reader']))).toContain('how many');
  expect(problemOf(invitedOf('', 51, ['reader']))).toContain('50');
  expect(problemOf(invitedOf('Dr. Vogt\nDr. Lee, reader', 1, []))).toContain('role');
  expect(problemOf(invitedOf('Dr. Lee, reader', 1, []))).toBeNull();
});

it('counts the links by their roles, however those were ordered', () => {
  expect(invitedSentence(invitedOf('', 1, ['engineer']))).toBe('1 link for an ML engineer');
  const some = [...invitedOf('', 2, ['reader']), ...invitedOf('a, adjudicator, reader\nb, reader, adjudicator', 1, [])];
  expect(invitedSentence(some)).toBe('4 links: 2 for a reader, 2 for a reader and an adjudicator');
});
