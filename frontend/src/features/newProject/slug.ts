/** The short name that a project's addresses carry, as long as its maker gives none of her own. Pure. */

const MAX_LENGTH = 64;
const WITHIN_LATIN: Record<string, string> = { ß: 'ss', æ: 'ae', ø: 'o', œ: 'oe', ł: 'l', đ: 'd', þ: 'th', ð: 'd' };

/** Small letters, digits and single hyphens; empty where the name has neither letters of the Latin alphabet nor digits. */
export function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[ßæøœłđþð]/g, (letter) => WITHIN_LATIN[letter])
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, '');
}
