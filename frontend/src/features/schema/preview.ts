/** What keys do in the preview of the reading panel: the same as in the workspace, without an image. */
import type { AnswerValue, Finding } from '../../api/types';

export type Answers = Record<string, AnswerValue | undefined>;

const ANSWER_KEYS: Record<string, AnswerValue | undefined> = { p: 'present', x: 'absent', u: 'uncertain' };

/** What a key does to the answers: the finding's key toggles present and open; then P, X and U answer it; A ends the rest. */
export function pressed(findings: Finding[], answers: Answers, last: string | null, key: string): [Answers, string | null] {
  const hit = findings.find((finding) => finding.hotkey !== '' && finding.hotkey === key);
  if (hit) {
    const value = answers[hit.code] === 'present' ? undefined : 'present';
    return [{ ...answers, [hit.code]: value }, hit.code];
  }
  if (last !== null && ANSWER_KEYS[key] !== undefined) return [{ ...answers, [last]: ANSWER_KEYS[key] }, last];
  if (key === 'a') {
    const rest = findings.filter((finding) => answers[finding.code] === undefined);
    return [{ ...answers, ...Object.fromEntries(rest.map((finding) => [finding.code, 'absent' as const])) }, last];
  }
  return [answers, last];
}
