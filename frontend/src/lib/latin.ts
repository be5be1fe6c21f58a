/** Names as addresses and codes can hold them. Pure. */

const OTHER_LETTERS: Record<string, string> = { ß: 'ss', æ: 'ae', ø: 'o', œ: 'oe', ł: 'l', đ: 'd', þ: 'th', ð: 'd' };

/** Small letters of a name without their accents; what has no place in the Latin alphabet stays as it is. */
export function latin(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[ßæøœłđþð]/g, (letter) => OTHER_LETTERS[letter])
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '');
}
