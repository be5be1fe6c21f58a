/** How the outcome of an imported file is named and coloured. */
import type { Tone } from '../messages/StateMark';

export const OUTCOME_TONES: Record<string, Tone> = { accepted: 'good', duplicate: 'idle', rejected: 'bad', staged: 'busy' };

/** A staged file is received and not yet examined. */
export function outcomeName(outcome: string): string {
  return outcome === 'staged' ? 'received' : outcome;
}
