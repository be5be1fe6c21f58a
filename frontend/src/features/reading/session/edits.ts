/** Every change a reader can make to a read document. Pure: a document in, a document or a sentence of refusal out. */
import type { AnswerValue, BoxAnnotation, Finding, LabelSchema, ReadDocument } from '../../../api/types';

export type Edit = { document: ReadDocument } | { refused: string };

export const EMPTY_DOCUMENT: ReadDocument = { answers: {}, annotations: [], comment: '', not_readable: false };

const UNREADABLE = 'The case is marked not readable. Take that back first (F).';

/** Set one answer, or take it back with null. A finding that carries marks cannot be absent or open. */
export function setAnswer(document: ReadDocument, finding: Finding, value: AnswerValue | null): Edit {
  if (document.not_readable) return { refused: UNREADABLE };
  const marks = marksOf(document, finding.code).length;
  if (marks > 0 && (value === 'absent' || value === null)) {
    const them = marks === 1 ? 'its mark' : `its ${marks} marks`;
    return { refused: `${finding.name} has been marked on the image. Delete ${them} first.` };
  }
  const answers = { ...document.answers };
  if (value === null) delete answers[finding.code];
  else answers[finding.code] = { value, by_rest: false };
  return { document: { ...document, answers } };
}

/** Present when it was anything else; open again when it was present. */
export function togglePresent(document: ReadDocument, finding: Finding): Edit {
  const isPresent = document.answers[finding.code]?.value === 'present';
  return setAnswer(document, finding, isPresent ? null : 'present');
}

/** Answer all open findings absent, remembering that they were not answered one by one; a marked one stays open. */
export function answerRest(document: ReadDocument, schema: LabelSchema): Edit {
  if (document.not_readable) return { refused: UNREADABLE };
  const answers = { ...document.answers };
  schema.findings
    .filter((finding) => answers[finding.code] === undefined && marksOf(document, finding.code).length === 0)
    .forEach((finding) => {
      answers[finding.code] = { value: 'absent', by_rest: true };
    });
  return { document: { ...document, answers } };
}

/** The normal read: all absent. Refused while anything in the document says otherwise. */
export function markNormal(document: ReadDocument, schema: LabelSchema): Edit {
  const contrary = schema.findings.find((finding) => {
    const value = document.answers[finding.code]?.value;
    return value === 'present' || value === 'uncertain';
  });
  if (contrary !== undefined) {
    const value = document.answers[contrary.code].value;
    return { refused: `Not normal: ${contrary.name} is answered ${value}. Change that answer first.` };
  }
  if (document.annotations.length > 0) return { refused: 'Not normal: the image carries a mark. Delete it first.' };
  return answerRest(document, schema);
}

/** A new mark. A finding that was open or absent becomes present with it. */
export function addBox(document: ReadDocument, finding: Finding, box: BoxAnnotation): Edit {
  if (document.not_readable) return { refused: UNREADABLE };
  if (!finding.boxes) return { refused: `${finding.name} takes no boxes.` };
  const value = document.answers[finding.code]?.value;
  const answers = { ...document.answers };
  if (value === undefined || value === 'absent') answers[finding.code] = { value: 'present', by_rest: false };
  return { document: { ...document, answers, annotations: [...document.annotations, box] } };
}

export function changeBox(document: ReadDocument, id: string, change: Partial<BoxAnnotation>): Edit {
  const annotations = document.annotations.map((box) => (box.id === id ? { ...box, ...change } : box));
  return { document: { ...document, annotations } };
}

export function removeBox(document: ReadDocument, id: string): Edit {
  return { document: { ...document, annotations: document.annotations.filter((box) => box.id !== id) } };
}

export function setComment(document: ReadDocument, comment: string): Edit {
  return { document: { ...document, comment } };
}

/** A case that cannot be read has no answers and no marks; taking that back brings them back. */
export function setNotReadable(document: ReadDocument): Edit {
  return { document: { ...document, answers: {}, annotations: [], not_readable: true } };
}

/** Required findings without an answer; a case that cannot be read needs none. */
export function missingFindings(document: ReadDocument, schema: LabelSchema): Finding[] {
  if (document.not_readable) return [];
  return schema.findings.filter((finding) => finding.required && document.answers[finding.code] === undefined);
}

/** Findings that are marked but not answered: none can be submitted so. */
export function unansweredMarks(document: ReadDocument, schema: LabelSchema): Finding[] {
  return openFindings(document, schema).filter((finding) => marksOf(document, finding.code).length > 0);
}

export function openFindings(document: ReadDocument, schema: LabelSchema): Finding[] {
  return schema.findings.filter((finding) => document.answers[finding.code] === undefined);
}

export function marksOf(document: ReadDocument, code: string): BoxAnnotation[] {
  return document.annotations.filter((box) => box.finding === code);
}

/** The number of each mark among those of its finding, by id: the same in the list and on the image. */
export function markNumbers(annotations: BoxAnnotation[]): Map<string, number> {
  const seen = new Map<string, number>();
  return new Map(
    annotations.map((mark) => {
      const number = (seen.get(mark.finding) ?? 0) + 1;
      seen.set(mark.finding, number);
      return [mark.id, number];
    }),
  );
}

/** Equal in content, whatever the order of keys; used to recognise our own save in an answer of the server. */
export function sameDocument(a: ReadDocument, b: ReadDocument): boolean {
  return sameContent(a, b);
}

export function sameContent(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
