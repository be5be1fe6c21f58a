/** The short name that a project's addresses carry, as long as its maker gives none of her own. Pure. */
import { latin } from '../../lib/latin';

const MAX_LENGTH = 64;

/** Small letters, digits and single hyphens; empty where the name has neither letters of the Latin alphabet nor digits. */
export function slugOf(name: string): string {
  return latin(name)
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replaceAll(/^-+|-+$/g, '');
}
