import { describe, expect, it } from 'vitest';

import { emptyDocument, workspace } from '../../../testing/payloads';
import type { JournalEntry } from './journal';
import { planReplay } from './replay';

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

  it('sends an unanswered submit again, whatever else is there', () => {
    const submit = {
      client_uuid: 'u',
      kind: 'submit' as const,
      document: mine,
      active_ms: 1,
      display_state: {},
      reason: null,
    };
    expect(planReplay(workspace(), { ...entry, submit }, null)).toEqual({ kind: 'submit', submit });
  });

  it('takes up a correction only where the reader may still correct', () => {
    const submitted = workspace({ allowed_actions: ['amend'] });
    submitted.assignment.state = 'submitted';
    expect(planReplay(submitted, { ...entry, amending: true }, null)).toEqual({ kind: 'amend', document: mine });
    expect(planReplay({ ...submitted, draft_aside: { version: 3, document: mine } }, null, null)).toEqual({ kind: 'amend', document: mine });
    submitted.allowed_actions = [];
    expect(planReplay(submitted, { ...entry, amending: true }, null)).toEqual({ kind: 'none' });
  });
});
