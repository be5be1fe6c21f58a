/** Two people saved versions made from the same one: what each changed, and what becomes of it together. */

/** A document taken apart into the parts that are changed one by one. */
export type Parts = Record<string, unknown>;

export interface Difference {
  part: string;
  saved: unknown;
  mine: unknown;
  /** Both changed it, and not to the same. */
  isConflict: boolean;
}

/** What differs between the saved version and mine, in the saved order. */
export function differences(base: Parts, mine: Parts, saved: Parts): Difference[] {
  return partsOf(saved, mine)
    .filter((part) => !same(saved[part], mine[part]))
    .map((part) => ({
      part,
      saved: saved[part],
      mine: mine[part],
      isConflict: !same(base[part], mine[part]) && !same(base[part], saved[part]),
    }));
}

/** Each part as the one who changed it left it; where both did, mine is kept for those in `keepMine`. */
export function merged(base: Parts, mine: Parts, saved: Parts, keepMine: ReadonlySet<string>): Parts {
  const result: Parts = {};
  for (const part of partsOf(saved, mine)) {
    const changedByMe = !same(base[part], mine[part]);
    const changedByThem = !same(base[part], saved[part]);
    const value = changedByMe && (!changedByThem || keepMine.has(part)) ? mine[part] : saved[part];
    if (value !== undefined) result[part] = value;
  }
  return result;
}

function partsOf(saved: Parts, mine: Parts): string[] {
  return [...new Set([...Object.keys(saved), ...Object.keys(mine)])];
}

/** By content: a missing part is a part that somebody took away. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
