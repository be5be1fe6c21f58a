/** The address of a list of cases says what is asked, and no more. */
import { describe, expect, it } from 'vitest';

import { addressOf, askedOf, changed, listQuery, narrowed, tellsOutcomes } from './asked';

const asked = (search = '', reads = false) => askedOf(new URLSearchParams(search), reads);
const apiQuery = (search: string, reads = false) => Object.fromEntries(new URLSearchParams(listQuery(asked(search, reads))));

describe('an address', () => {
  it.each([
    ['', false],
    ['', true],
    ['find=film_0004&split=test&finding=nodule&value=present&view=PA&reader=anna', false],
    ['discordant=yes&flag=urgent&order=-read&outcomes=hidden&as=sheet&under=score&cursor=abc&page=7', false],
    ['outcomes=shown&as=sheet', true],
  ])('says the same when it is read and written again: %s', (search, reads) => {
    expect(addressOf(asked(search, reads), reads).toString()).toBe(search);
  });

  it('of one who shows what is shown by itself says nothing of it, so that a reader it is sent to is not shown it', () => {
    const address = addressOf(asked('outcomes=shown'), false).toString();
    expect(address).toBe('');
    expect(asked(address, true).hasOutcomes).toBe(false);
  });

  it('leaves out what it does not know', () => {
    expect(addressOf(asked('nonsense=1&as=list&under=all&page=3'), false).toString()).toBe('');
  });
});

describe('what is asked of the server', () => {
  it('asks for outcomes unless she reads or has hidden them', () => {
    expect(apiQuery('')).toEqual({ order: 'number', size: '50', show: 'outcome' });
    expect(apiQuery('outcomes=hidden')).toEqual({ order: 'number', size: '50' });
    expect(apiQuery('', true)).toEqual({ order: 'number', size: '50' });
    expect(apiQuery('outcomes=shown', true)).toEqual({ order: 'number', size: '50', show: 'outcome' });
  });

  it('asks for a sheet of two hundred, from where the page begins', () => {
    expect(apiQuery('as=sheet&split=pool&order=-score&cursor=abc&page=2&outcomes=hidden')).toEqual({
      split: 'pool',
      order: '-score',
      size: '200',
      cursor: 'abc',
    });
  });
});

describe('a change', () => {
  it('begins at the first page', () => {
    const later = asked('split=pool&cursor=abc&page=3');
    expect(changed(later, { isSheet: true })).toMatchObject({ cursor: null, page: 1, isSheet: true, filter: { split: 'pool' } });
  });

  it('takes the value away with its finding', () => {
    const filter = { finding: 'nodule', value: 'present', split: 'test' };
    expect(narrowed(filter, 'finding', null)).toEqual({ split: 'test' });
    expect(narrowed(filter, 'finding', 'effusion')).toEqual({ split: 'test', finding: 'effusion' });
    expect(narrowed(filter, 'value', 'absent')).toEqual({ ...filter, value: 'absent' });
    expect(narrowed(filter, 'value', '')).toEqual({ finding: 'nodule', split: 'test' });
  });
});

it('knows which lists tell what readers said', () => {
  for (const search of ['finding=nodule', 'discordant=yes', 'flag=any', 'order=-disagreement']) {
    expect(tellsOutcomes(asked(search))).toBe(true);
  }
  for (const search of ['', 'split=test', 'reader=anna', 'order=-score', 'find=3']) expect(tellsOutcomes(asked(search))).toBe(false);
});
