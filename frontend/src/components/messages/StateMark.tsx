/** A state in words with a coloured dot: the colour never says more than the words. */
export type Tone = 'idle' | 'busy' | 'good' | 'warn' | 'bad';

const TONES: Record<string, Tone> = {
  queued: 'idle',
  receiving: 'busy',
  running: 'busy',
  asking: 'warn',
  succeeded: 'good',
  done: 'good',
  failed: 'bad',
  cancelled: 'warn',
};

export function jobTone(state: string): Tone {
  return TONES[state] ?? 'idle';
}

export function StateMark({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className="lh-state" data-tone={tone}>
      {children}
    </span>
  );
}
