/** Pause and leave in words and days, by the calendar of this browser. */
import type { Member } from '../../api/members';
import { day, lastDay } from '../../lib/format';

export type Absence = NonNullable<Member['absence']>;

/** Null: from now on; until somebody ends it. */
export interface Times {
  begins_at: string | null;
  ends_at: string | null;
}

/** Leave from the first to the last of these days (`2026-11-27`), both included; null while they are no such days. */
export function leaveOf(first: string, last: string): Times | null {
  const begins = dayOf(first);
  const lastDay = dayOf(last);
  if (begins === null || lastDay === null || lastDay < begins) return null;
  const ends = new Date(lastDay.getFullYear(), lastDay.getMonth(), lastDay.getDate() + 1);
  return { begins_at: begins.toISOString(), ends_at: ends.toISOString() };
}

/** `on leave until 3 Dec`, `on leave 1 Dec to 3 Dec`, `paused`. */
export function absenceSentence({ begins_at, ends_at, has_begun }: Absence): string {
  if (ends_at === null) return has_begun ? 'paused' : `paused from ${day(begins_at)}`;
  const last = lastDay(ends_at);
  return has_begun ? `on leave until ${last}` : `on leave ${day(begins_at)} to ${last}`;
}

function dayOf(text: string): Date | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return parts === null ? null : new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
}
