/** What is said of a case that has just been left: it shows with the next case, since nothing may lie over the tools. */
import type { Notice } from '../session/sessionState';

let carried: Notice | null = null;

export function carryNotice(notice: Notice): void {
  carried = notice;
}

/** What was carried, once. */
export function takeCarriedNotice(): Notice | null {
  const notice = carried;
  carried = null;
  return notice;
}
