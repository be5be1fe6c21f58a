/** What saving a changed schema would mean for the cases that are there, in words. */
import { plural } from '../../lib/format';
import type { FindingChange, SchemaPreview } from './api/schema';

/** Which cases are read by the new version, and which keep the one that they have. */
export function casesSentence({ cases }: SchemaPreview): string {
  const settled = cases.read + cases.closed;
  return [
    ...(cases.new > 0 ? [`${plural(cases.new, 'case')} that nobody has begun will be read by the new version.`] : []),
    ...(cases.open > 0
      ? [`Of ${plural(cases.open, 'case')} that ${are(cases.open)} begun, reads opened from now on will be.`]
      : []),
    ...(settled > 0
      ? [`${plural(settled, 'case')} whose reads came in ${settled === 1 ? 'keeps' : 'keep'} the version by which ${settled === 1 ? 'it was' : 'they were'} settled.`]
      : []),
  ].join(' ');
}

/** What becomes of one finding, one sentence for each effect that it has. */
export function findingSentences(change: FindingChange): string[] {
  const { kind, cases, n_labelled } = change;
  const kept = `${plural(n_labelled, 'case')} ${n_labelled === 1 ? 'keeps its' : 'keep their'} label of it.`;
  if (kind === 'removed') {
    return [
      `${nameOf(change)} is left out: no read that is opened from now on asks it.`,
      n_labelled > 0 ? kept : 'No case has a label of it.',
      cases.open > 0 ? `${plural(cases.open, 'case')} that ${are(cases.open)} begun will get none.` : '',
    ].filter(isSaid);
  }
  if (kind === 'changed') return [otherwise(change), reach(change)].filter(isSaid);
  const settled = cases.read + cases.closed;
  return [
    `${nameOf(change)} is added.`,
    cases.new > 0 ? `It is asked in every read of ${plural(cases.new, 'case')} that nobody has begun.` : '',
    cases.open > 0
      ? `Of ${plural(cases.open, 'case')} that ${are(cases.open)} begun, only reads opened from now on are asked it.`
      : '',
    settled > 0 && n_labelled === 0 ? `${plural(settled, 'case')} whose reads came in ${lacks(settled)} it.` : '',
    n_labelled > 0 ? `From the time when it was asked before, ${kept}` : '',
    pass(change),
  ].filter(isSaid);
}

function pass({ supplementary }: FindingChange): string {
  if (!supplementary || supplementary.n_cases === 0) return '';
  const { n_cases, n_reads } = supplementary;
  const lacking = n_cases === 1 ? 'case' : plural(n_cases, 'case');
  return `Asking it of the ${lacking} read without it takes a pass of ${plural(n_reads, 'read')}, offered here once this is saved.`;
}

function otherwise(change: FindingChange): string {
  const { before, after, fields } = change;
  const said = fields.map(
    (field) =>
      ({
        name: `is called ${after?.name}`,
        type: 'is answered in another way',
        hotkey: after?.hotkey ? `has the key ${after.hotkey}` : 'has no key',
        required: after?.required ? 'must be answered' : 'may be left unanswered',
        boxes: after?.boxes ? 'takes boxes, whose places are compared' : 'takes no boxes, and places are not compared',
      })[field],
  );
  return `${before?.name || change.code} ${said.join(', ')}.`;
}

/** How far a finding that is asked otherwise reaches. */
function reach({ cases, n_labelled }: FindingChange): string {
  const asked = cases.new + cases.open;
  return [
    asked > 0 ? `That holds for reads opened from now on, of ${plural(asked, 'case')} that ${are(asked)} not settled yet.` : '',
    n_labelled > 0 ? `${plural(n_labelled, 'case')} ${n_labelled === 1 ? 'keeps its label' : 'keep their labels'} of it.` : '',
  ]
    .filter(isSaid)
    .join(' ');
}

function nameOf({ code, before, after }: FindingChange): string {
  return (after ?? before)?.name || code;
}

function are(n: number): string {
  return n === 1 ? 'is' : 'are';
}

function lacks(n: number): string {
  return n === 1 ? 'has no label of' : 'have no label of';
}

function isSaid(sentence: string): boolean {
  return sentence !== '';
}
