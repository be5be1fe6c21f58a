import 'fake-indexeddb/auto';

import { describe, expect, it } from 'vitest';

import { emptyDocument } from '../../../testing/payloads';
import { IndexedDbJournal, type GivenUp, type JournalEntry } from './journal';

const entry: JournalEntry = { document: emptyDocument, baseVersion: 3, changes: 2, since: 10, amending: false, submit: null };

describe('journal', () => {
  it('gives back after a reload what was put', async () => {
    expect(await new IndexedDbJournal('anna').put('case-1', entry)).toBe(true);
    expect(await new IndexedDbJournal('anna').get('case-1')).toEqual(entry);
  });

  it('keeps users apart', async () => {
    await new IndexedDbJournal('anna').put('case-2', entry);
    expect(await new IndexedDbJournal('ben').get('case-2')).toBeNull();
  });

  it('forgets what the server has confirmed', async () => {
    const journal = new IndexedDbJournal('anna');
    await journal.put('case-3', entry);
    await journal.remove('case-3');
    expect(await new IndexedDbJournal('anna').get('case-3')).toBeNull();
  });

  it('keeps what was given up apart from what was done', async () => {
    const notes = new IndexedDbJournal<GivenUp>('anna', 'given-up');
    await new IndexedDbJournal('anna').put('case-5', entry);
    await notes.put('case-5', { aside: 3, flags: ['f1'] });
    await new IndexedDbJournal('anna').remove('case-5');
    expect(await new IndexedDbJournal<GivenUp>('anna', 'given-up').get('case-5')).toEqual({ aside: 3, flags: ['f1'] });
    expect(await new IndexedDbJournal('anna').get('case-5')).toBeNull();
  });

  it('says so when the browser keeps nothing, and still holds the entry for this page', async () => {
    const database = globalThis.indexedDB;
    Reflect.deleteProperty(globalThis, 'indexedDB');
    const journal = new IndexedDbJournal('carl');
    expect(await journal.put('case-4', entry)).toBe(false);
    expect(await journal.get('case-4')).toEqual(entry);
    Object.assign(globalThis, { indexedDB: database });
  });
});
