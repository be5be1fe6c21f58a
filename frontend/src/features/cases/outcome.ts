/** What became of the cases of one action, in sentences. */
import { plural } from '../../lib/format';

export interface ChosenCase {
  id: string;
  label: string;
}

export interface Outcome {
  done: number;
  already: number;
  refused: { case: string; code: string; message: string }[];
}

/** At most so many at once. */
export const MOST_CASES = 1_000;

/** `3 cases excluded. 1 case was so before.` */
export function outcomeSentence(outcome: Outcome, done: string): string {
  const said = [`${plural(outcome.done, 'case')} ${done}.`];
  if (outcome.already > 0) said.push(`${plural(outcome.already, 'case')} ${outcome.already === 1 ? 'was' : 'were'} so before.`);
  return said.join(' ');
}

/** The refused cases by why: each sentence once, with the names of its cases in their order. */
export function refusalsOf(outcome: Outcome, cases: ChosenCase[]): { message: string; labels: string[] }[] {
  const messages = new Map(outcome.refused.map((each) => [each.case, each.message]));
  const grouped = new Map<string, string[]>();
  for (const { id, label } of cases) {
    const message = messages.get(id);
    if (message !== undefined) grouped.set(message, [...(grouped.get(message) ?? []), label]);
  }
  return [...grouped].map(([message, labels]) => ({ message, labels }));
}

/** `Case 1, Case 2 and 18 more` */
export function namesOf(labels: string[], most = 6): string {
  const shown = labels.slice(0, most).join(', ');
  return labels.length > most ? `${shown} and ${labels.length - most} more` : shown;
}
