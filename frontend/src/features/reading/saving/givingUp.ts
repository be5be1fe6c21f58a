/**
 * Takes from the server what belonged to a correction that was given up. It is noted in this browser until the server
 * has answered, so that what was given up without a connection does not come back.
 */
import type { WorkspacePayload } from '../../../api/types';
import type { GivenUp, Journal } from './journal';
import { untilAnswered, type Answer, type Patience } from './untilAnswered';

export interface GivingUpOptions extends Patience {
  assignment: string;
  notes: Journal<GivenUp>;
  forgetDraft: (version: number) => Promise<void>;
  withdrawFlag: (flag: string) => Promise<void>;
}

export async function giveUpUntilAnswered(what: GivenUp, options: GivingUpOptions): Promise<Answer<void>> {
  const { assignment, notes, forgetDraft, withdrawFlag } = options;
  await notes.put(assignment, what);
  const result = await untilAnswered(async () => {
    // The draft first: one that has moved on is refused, and keeps its flags.
    if (what.aside !== null) await forgetDraft(what.aside);
    for (const flag of what.flags) await withdrawFlag(flag);
  }, options);
  if (result.kind === 'done') await notes.remove(assignment);
  return result;
}

/** What of it an opened case still shows; null where nothing is left to take back. */
export function stillStanding({ aside, flags }: GivenUp, payload: WorkspacePayload): GivenUp | null {
  const standing = {
    aside: payload.draft_aside?.version === aside ? aside : null,
    flags: flags.filter((id) => payload.flags.some((flag) => flag.id === id)),
  };
  return standing.aside === null && standing.flags.length === 0 ? null : standing;
}
