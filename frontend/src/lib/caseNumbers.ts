/** Numbers of cases as people write them. */

/** As many as a request may name. */
const MOST = 5000;

/** `3, 7-9` as 3, 7, 8, 9; null where something else is written, or more than a round may have. */
export function caseNumbers(text: string): number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const ranges = parts.map((part) => /^(\d{1,9})(?:[-–](\d{1,9}))?$/.exec(part));
  const found = new Set<number>();
  for (const range of ranges) {
    if (range === null) return null;
    const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
    if (first < 1 || last < first || last - first >= MOST) return null;
    for (let number = first; number <= last; number += 1) found.add(number);
  }
  return found.size > MOST ? null : [...found].sort((a, b) => a - b);
}

/** `3, 7-9`, of numbers in their order. */
export function numbersText(numbers: number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && number === run[1] + 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? String(first) : `${first}${last === first + 1 ? ', ' : '-'}${last}`)).join(', ');
}
