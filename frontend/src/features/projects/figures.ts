/** Which of a dashboard's figures are shown, and in which order. */
import { isToSee, type AgreementRow, type FlagRow } from '../../api/dashboard';

/** The rows with the lowest alpha, lowest first; rows without one are left out. */
export function worst(rows: AgreementRow[], n: number): AgreementRow[] {
  return rows
    .filter((row) => row.alpha !== null)
    .sort((a, b) => (a.alpha?.value ?? 0) - (b.alpha?.value ?? 0))
    .slice(0, n);
}

/** What is to be seen first, urgent before not readable, newest first. */
export function flagOrder(a: FlagRow, b: FlagRow): number {
  const rank = (flag: FlagRow) => (isToSee(flag) ? 0 : 2) + (flag.kind === 'urgent' ? 0 : 1);
  return rank(a) - rank(b) || b.created_at.localeCompare(a.created_at);
}
