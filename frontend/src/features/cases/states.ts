/** How far a case is, as a coloured mark with words. */
import type { Tone } from '../../components/messages/StateMark';
import type { CaseRow } from './api/cases';
import { STATES } from './sentences';

const TONES: Record<CaseRow['state'], Tone> = { not_begun: 'idle', begun: 'busy', complete: 'warn', closed: 'good' };

export function stateMark(state: CaseRow['state']): { tone: Tone; name: string } {
  return { tone: TONES[state], name: STATES.find(({ value }) => value === state)?.label ?? state };
}
