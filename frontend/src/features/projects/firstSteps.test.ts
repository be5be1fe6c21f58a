import { describe, expect, it } from 'vitest';

import type { Dashboard } from '../../api/dashboard';
import type { Member } from '../../api/members';
import type { Project } from '../../api/projects';
import { firstSteps } from './firstSteps';

const PROJECT = { schema: { findings: [{}, {}, {}] }, protocol: { readers_per_case: 2 } } as unknown as Project;
const MANAGER = { roles: ['manager'], absence: null } as unknown as Member;
const READER = { roles: ['reader'], absence: null } as unknown as Member;

function steps(members: Member[], nCases: number, nReads = 0) {
  const dashboard = { cases: { total: nCases }, reads: { done: nReads } } as unknown as Dashboard;
  return firstSteps(PROJECT, members, dashboard);
}

describe('the steps to the first read', () => {
  it('begins with findings and protocol done', () => {
    const fresh = steps([MANAGER], 0);
    expect(fresh.map((step) => step.isDone)).toEqual([true, true, false, false, false]);
    expect(fresh.map((step) => step.state).slice(0, 4)).toEqual([
      '3 findings',
      '2 readers a case',
      'none imported yet',
      '0 of the 2 that each case needs',
    ]);
  });

  it('asks for as many readers as each case needs', () => {
    expect(steps([MANAGER, READER], 4)[3]).toMatchObject({ isDone: false, state: '1 of the 2 that each case needs' });
    expect(steps([MANAGER, READER, READER], 4)[3]).toMatchObject({ isDone: true, state: '2 readers' });
  });

  it('ends with the first read', () => {
    expect(steps([READER, READER], 4, 1).every((step) => step.isDone)).toBe(true);
  });
});
