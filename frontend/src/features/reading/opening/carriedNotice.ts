/**
 * What is said of a case that was left. It shows with the case that is open then, or with the next one, since nothing
 * may lie over the tools.
 */
import type { Notice } from '../session/sessionState';

let carried: Notice | null = null;
let shownCase: ((notice: Notice) => void) | null = null;

/** Of a case that is about to be left: it is said with the next one. */
export function carryNotice(notice: Notice): void {
  carried = notice;
}

/** Of a case that was left before: it is said with the one that is open now, else with the next. */
export function tellOfLeftCase(notice: Notice): void {
  if (shownCase === null) carried = notice;
  else shownCase(notice);
}

/** What was carried, once. */
export function takeCarriedNotice(): Notice | null {
  const notice = carried;
  carried = null;
  return notice;
}

/** From now on the open case says what is told of those that were left; returns how it ends. */
export function sayOfLeftCases(say: (notice: Notice) => void): () => void {
  shownCase = say;
  return () => {
    if (shownCase === say) shownCase = null;
  };
}
