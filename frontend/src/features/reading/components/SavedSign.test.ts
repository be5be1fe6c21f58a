import { describe, expect, it } from 'vitest';

import { signOf } from './SavedSign';

const at = new Date(2026, 0, 5, 12, 4, 31).getTime();

describe('saved sign', () => {
  it('says when the server had everything', () => {
    expect(signOf('reading', { kind: 'saved', at }, false)).toEqual({ tone: 'saved', text: 'saved 12:04:31' });
    expect(signOf('reading', { kind: 'saved', at: null }, false).text).toBe('');
  });

  it('says since when and how much is only on this computer', () => {
    const unsaved = { kind: 'unsaved', since: at, changes: 3, reason: 'offline', kept: true, code: 'offline', message: '' } as const;
    expect(signOf('saveFailed', unsaved, false).text).toBe('not saved since 12:04 (3 changes kept on this computer)');
    expect(signOf('saveFailed', { ...unsaved, changes: 1, kept: false }, false).text).toContain('do not close it');
  });

  it('never claims a correction to be saved', () => {
    expect(signOf('reading', { kind: 'saved', at }, true).tone).toBe('idle');
  });
});
