/** What a round is called where it stands in a list. */
const PURPOSES: Record<string, string> = { labels: 'labels', reader_study: 'reader study', calibration: 'calibration' };

export function purposeName(purpose: string): string {
  return PURPOSES[purpose] ?? purpose;
}

export function roundName({ number, purpose }: { number: number; purpose: string }): string {
  return `Round ${number}, ${number === 1 ? 'standing' : purposeName(purpose)}`;
}
