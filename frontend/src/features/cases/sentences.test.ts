/** What the list says of itself. */
import { expect, it } from 'vitest';

import { labelText, scoreText } from './outcomeText';
import { chipsOf, countText, foundSentence, ORDERS, orderSentence } from './sentences';

const NAMES = { findings: [{ code: 'nodule', name: 'Nodule' }], readers: [{ value: 'anna', label: 'Dr Anna' }] };
const texts = (filter: Parameters<typeof chipsOf>[0]) => chipsOf(filter, NAMES).map(({ text }) => text);

it('has a chip for each filter, in the words of the page', () => {
  expect(texts({ split: 'test', state: 'complete', view: 'PA', site: 'North', reader: 'anna' })).toEqual([
    'Split: test',
    'State: all reads in',
    'View: PA',
    'Site: North',
    'Read by Dr Anna',
  ]);
  expect(texts({ finding: 'nodule', value: 'soft' })).toEqual(['Nodule: without a majority']);
  expect(texts({ finding: 'gone' })).toEqual(['gone: has a label']);
  expect(texts({ discordant: 'yes', flag: 'any' })).toEqual(['Discordant', 'Flagged']);
  expect(texts({ flag: 'not_readable', reader: 'bert' })).toEqual(['Flag: not readable', 'Read by bert']);
});

it('has none for the words of a search, which stand in their field', () => {
  expect(texts({ find: 'film' })).toEqual([]);
});

it('says as what a search was taken', () => {
  expect(foundSentence('file', 'film_0004')).toBe('Files that begin with film_0004.');
  expect(foundSentence(null, 'film')).toBe('');
});

it('says of an order that it lists those only that have a value', () => {
  expect(orderSentence('-read')).toBe('This order lists only those that somebody has read.');
  expect(ORDERS.filter(({ value }) => orderSentence(value) === '').map(({ value }) => value)).toEqual(['number', '-number']);
});

it('counts up to a thousand', () => {
  expect(countText({ n: 1000, is_more: true })).toBe('1,000+ cases');
  expect(countText({ n: 1, is_more: false })).toBe('1 case');
  expect(countText(undefined)).toBe('');
});

it('says what came of a case in a few words', () => {
  const label = (finding: string, value: string) => ({ finding, value, probability: null, method: 'majority' });
  const said = (...labels: ReturnType<typeof label>[]) =>
    labelText({ outcome: { n_discordant: 0, is_flagged: false, labels }, n_submitted: 2 }, NAMES.findings);
  expect(said()).toBe('no label yet');
  expect(said(label('nodule', 'absent'))).toBe('no finding');
  expect(said(label('nodule', 'present'), label('effusion', 'uncertain'), label('mass', ''))).toBe('Nodule, effusion?, mass?');
  expect(labelText({ outcome: null, n_submitted: 2 }, NAMES.findings)).toBe('');
  expect(labelText({ outcome: { n_discordant: 0, is_flagged: false, labels: [] }, n_submitted: 0 }, NAMES.findings)).toBe('');
  expect(scoreText({ place: { position: 3, why: '', score: 0.1234 } })).toBe('0.123');
  expect(scoreText({ place: null })).toBe('no score');
});
