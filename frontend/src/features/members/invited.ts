/** What a data manager writes about whom she invites, and what is asked of the server. */
import { ROLES, rolesSentence } from '../../api/roles';
import type { Role } from '../../api/types';
import { plural } from '../../lib/format';

/** The most that one request makes. */
export const MOST_AT_ONCE = 50;

export interface Invited {
  note: string;
  roles: Role[];
}

/**
 * One for each line that is not empty: a note, and after commas the roles of this line alone; `roles` for those without.
 * Without any line, `howMany` alike.
 */
export function invitedOf(lines: string, howMany: number, roles: Role[]): Invited[] {
  const written = lines.split('\n').filter((line) => line.trim() !== '');
  if (written.length === 0) return Array.from({ length: howMany }, () => ({ note: '', roles }));
  return written.map((line) => invitedOfLine(line, roles));
}

function invitedOfLine(line: string, otherwise: Role[]): Invited {
  const parts = line.split(',').map((part) => part.trim());
  const roles: Role[] = [];
  for (let role = roleOf(parts.at(-1)); role !== undefined; role = roleOf(parts.at(-1))) {
    roles.unshift(role);
    parts.pop();
  }
  return { note: parts.filter((part) => part !== '').join(', '), roles: roles.length > 0 ? [...new Set(roles)] : otherwise };
}

function roleOf(word: string | undefined): Role | undefined {
  const name = word?.toLowerCase();
  return ROLES.find((each) => each.value === name || each.label.toLowerCase() === name)?.value;
}

/** Why they cannot be made yet, or null. */
export function problemOf(invited: Invited[]): string | null {
  if (invited.length === 0) return 'Say how many links, or write a line for each.';
  if (invited.length > MOST_AT_ONCE) return `At most ${MOST_AT_ONCE} links are made at once.`;
  if (invited.some((each) => each.roles.length === 0)) return 'Choose a role, or end each line with one.';
  return null;
}

/** `3 links: 2 for a reader, 1 for a reader and an adjudicator`. */
export function invitedSentence(invited: Invited[]): string {
  const counts = new Map<string, number>();
  for (const { roles } of invited) {
    const sentence = rolesSentence(ROLES.map((each) => each.value).filter((role) => roles.includes(role)));
    counts.set(sentence, (counts.get(sentence) ?? 0) + 1);
  }
  const [first, ...others] = counts.keys();
  if (others.length === 0) return `${plural(invited.length, 'link')} for ${first}`;
  return `${plural(invited.length, 'link')}: ${[...counts].map(([sentence, n]) => `${n} for ${sentence}`).join(', ')}`;
}
