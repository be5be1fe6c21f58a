/** Words for what a header says of a patient. */

const SEX: Record<string, string> = { F: 'female', M: 'male', O: 'other' };

/** Patient's Sex (PS3.3 C.7.1.1) as a word. */
export function sexWord(sex: string | null): string | null {
  return sex === null ? null : (SEX[sex] ?? sex);
}
