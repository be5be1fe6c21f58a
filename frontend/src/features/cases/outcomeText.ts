/** What came of a case's reads, or what the model's score is, in the few words that fit under a picture. */
import { findingName } from '../../lib/findings';
import { decimal } from '../../lib/format';
import type { CaseRow } from './api/cases';
import type { Under } from './asked';
import type { Names } from './sentences';

type Findings = Names['findings'];

/**
 * The findings that the labels in force say are there; `Nodule?` where they are uncertain, or left without a majority.
 * Nothing of a case that nobody has read.
 */
export function labelText({ outcome, n_submitted: nRead }: Pick<CaseRow, 'outcome' | 'n_submitted'>, findings: Findings): string {
  if (outcome === null) return '';
  if (outcome.labels.length === 0) return nRead === 0 ? '' : 'no label yet';
  const said = outcome.labels
    .filter(({ value }) => value !== 'absent')
    .map(({ finding, value }) => findingName(findings, finding) + (value === 'present' ? '' : '?'));
  return said.length === 0 ? 'no finding' : said.join(', ');
}

export function scoreText({ place }: Pick<CaseRow, 'place'>): string {
  return place === null || place.score === null ? 'no score' : decimal(place.score, 3);
}

export function underText(row: CaseRow, under: Under, findings: Findings): string {
  if (under === 'score') return scoreText(row);
  const nDiscordant = row.outcome?.n_discordant ?? 0;
  return [labelText(row, findings), nDiscordant > 0 ? `discordant ${nDiscordant}` : ''].filter((each) => each !== '').join(' · ');
}
