/** Two versions of one read, line by line, for the reader who must choose. Pure. */
import type { Finding, LabelSchema, ReadDocument } from '../../../api/types';
import { marksOf, sameContent } from './edits';

export interface VersionLine {
  text: string;
  differs: boolean;
}

/** The lines of one of them; a line says so where the other has as many marks and not the same. */
export function versionLines(document: ReadDocument, other: ReadDocument, schema: LabelSchema): VersionLine[] {
  const findings = schema.findings.map((finding) => {
    const text = findingText(document, finding);
    const isMoved = !sameContent(marksOf(document, finding.code), marksOf(other, finding.code));
    if (text !== findingText(other, finding)) return { text, differs: true };
    return isMoved ? { text: `${text}, not as in the other`, differs: true } : { text, differs: false };
  });
  const comment = { text: commentText(document), differs: document.comment !== other.comment };
  const unreadable = { text: 'Not readable', differs: !other.not_readable };
  return [...findings, comment, ...(document.not_readable ? [unreadable] : [])];
}

function findingText(document: ReadDocument, finding: Finding): string {
  const marks = marksOf(document, finding.code).length;
  const value = document.answers[finding.code]?.value ?? 'open';
  return `${finding.name}: ${value}${marks > 0 ? `, ${marks} marked` : ''}`;
}

function commentText({ comment }: ReadDocument): string {
  return comment === '' ? 'No comment' : `Comment: ${comment}`;
}
