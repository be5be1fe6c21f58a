import { describe, expect, it } from 'vitest';

import { emptyDocument, workspace } from '../../../testing/payloads';
import type { JournalEntry } from './journal';
import { planRefused, planReplay } from './replay';

const mine = { ...emptyDocument, comment: 'mine' };
const entry: JournalEntry = { document: mine, baseVersion: 1, changes: 2, since: 9, amending: false, submit: null };

describe('replay', () => {
  it('does nothing where the server has the same content', () => {
    expect(planReplay(workspace(), null, null)).toEqual({ kind: 'none' });
    expect(planReplay(workspace({ draft: { version: 4, document: mine } }), entry, null)).toEqual({ kind: 'none' });
  });

  it('saves changes that were made on the draft the server still has', () => {
    expect(planReplay(workspace(), entry, null)).toEqual({ kind: 'push', document: mine, since: 9, changes: 2 });
  });

  it('takes up no correction that was given up, unless it was changed since', () => {
    const submitted = workspace({ allowed_actions: ['amend'], draft_aside: { version: 3, document: mine } });
    submitted.assignment.state = 'submitted';
    expect(planReplay(submitted, null, { aside: 3, flags: [] })).toEqual({ kind: 'none' });
    expect(planReplay(submitted, null, { aside: 2, flags: [] })).toEqual({ kind: 'amend', document: mine });
  });

  it('lets the reader choose where the draft has moved on', () => {
    const moved = workspace({ draft: { version: 2, document: { ...emptyDocument, comment: 'theirs' } } });
    expect(planReplay(moved, entry, null)).toEqual({ kind: 'conflict', mine });
  });

  describe('an unanswered submit', () => {
    const submit = {
      client_uuid: 'u',
      kind: 'submit' as const,
      document: mine,
      active_ms: 1,
      display_state: {},
      reason: null,
    };
    const sent = { ...entry, submit };

    it('is sent again, whatever else is there, and shows what was submitted', () => {
      expect(planReplay(workspace(), sent, null)).toEqual({ kind: 'submit', document: mine, entry: sent });
    });

    it('is work as any other once it is refused', () => {
      expect(planRefused(workspace(), sent)).toEqual({ kind: 'push', document: mine, since: 9, changes: 2 });
      const theirs = { version: 2, document: { ...emptyDocument, comment: 'theirs' } };
      expect(planRefused(workspace({ draft: theirs }), sent)).toEqual({ kind: 'conflict', mine });
      const submitted = workspace({ draft: { version: 0, document: theirs.document } });
      submitted.assignment.state = 'submitted';
      expect(planRefused(submitted, sent)).toEqual({ kind: 'amend', document: mine });
    });
  });

  it('takes up a correction that was begun, also where it can no longer be submitted', () => {
    const submitted = workspace({ allowed_actions: ['amend'] });
    submitted.assignment.state = 'submitted';
    expect(planReplay(submitted, { ...entry, amending: true }, null)).toEqual({ kind: 'amend', document: mine });
    const aside = { version: 3, document: mine };
    expect(planReplay({ ...submitted, draft_aside: aside }, null, null)).toEqual({ kind: 'amend', document: mine });
    submitted.allowed_actions = [];
    expect(planReplay(submitted, { ...entry, amending: true }, null)).toEqual({ kind: 'amend', document: mine });
  });
});
