import { describe, expect, it } from 'vitest';

import { ApiError } from '../../../api/errors';
import { workspace } from '../../../testing/payloads';
import { giveUpUntilAnswered, stillStanding } from './givingUp';
import type { GivenUp, Journal } from './journal';

const what: GivenUp = { aside: 3, flags: ['f1'] };

/** A server that answers each request with the next of these, and what this browser has noted meanwhile. */
function bench(answers: (ApiError | null)[]) {
  const kept = new Map<string, GivenUp>();
  const sent: string[] = [];
  const notes: Journal<GivenUp> = {
    get: async (id) => kept.get(id) ?? null,
    put: async (id, entry) => Boolean(kept.set(id, entry)),
    remove: async (id) => void kept.delete(id),
  };
  const send = async (request: string) => {
    sent.push(request);
    expect(kept.get('a1')).toEqual(what);
    const answer = answers.shift() ?? null;
    if (answer !== null) throw answer;
  };
  const options = {
    assignment: 'a1',
    notes,
    forgetDraft: (version: number) => send(`draft ${version}`),
    withdrawFlag: (flag: string) => send(`flag ${flag}`),
    onWaiting: () => undefined,
    pause: async () => undefined,
  };
  return { options, kept, sent };
}

describe('giving up a correction', () => {
  it('takes its draft and its flags from the server, however often no answer comes, and then forgets it', async () => {
    const offline = new ApiError(0, 'offline', '');
    const { options, kept, sent } = bench([offline, null, offline, null, null]);
    expect((await giveUpUntilAnswered(what, options)).kind).toBe('done');
    expect(sent).toEqual(['draft 3', 'draft 3', 'flag f1', 'draft 3', 'flag f1']);
    expect(kept.size).toBe(0);
  });

  it('leaves a draft that was changed since, with its flags', async () => {
    const { options, sent } = bench([new ApiError(412, 'stale_version', '')]);
    expect((await giveUpUntilAnswered(what, options)).kind).toBe('refused');
    expect(sent).toEqual(['draft 3']);
  });

  it('has nothing left to do where the case shows nothing of it any more', () => {
    expect(stillStanding(what, workspace())).toBeNull();
    const flag = { id: 'f1', kind: 'not_readable', text: 'blurred' } as const;
    expect(stillStanding(what, workspace({ flags: [flag] }))).toEqual({ aside: null, flags: ['f1'] });
    const aside = { version: 3, document: workspace().draft.document };
    expect(stillStanding(what, workspace({ draft_aside: aside }))).toEqual({ aside: 3, flags: [] });
    expect(stillStanding(what, workspace({ draft_aside: { ...aside, version: 4 } }))).toBeNull();
  });
});
