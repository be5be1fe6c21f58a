/** The roles as people call them. */
import type { Role } from './types';

export const ROLES: { value: Role; label: string }[] = [
  { value: 'reader', label: 'reader' },
  { value: 'adjudicator', label: 'adjudicator' },
  { value: 'manager', label: 'data manager' },
  { value: 'engineer', label: 'ML engineer' },
];

export function roleName(role: Role): string {
  return ROLES.find((each) => each.value === role)?.label ?? role;
}

/** `a reader and an adjudicator`. */
export function rolesSentence(roles: Role[]): string {
  return roles.map((role) => `${/^[aeiouM]/.test(roleName(role)) ? 'an' : 'a'} ${roleName(role)}`).join(' and ');
}
