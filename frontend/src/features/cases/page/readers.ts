/** The readers of a case in the order in which they first read it, each with one colour. Pure. */
import { readerColour } from '../../../lib/palette';
import type { RecordedRead } from './api/case';

export interface CaseReader {
  /** One reader in one round. */
  assignment: string;
  name: string;
  round: number;
  colour: string;
  /** Her versions, oldest first. */
  reads: RecordedRead[];
  newest: RecordedRead;
}

export function readersOf(reads: RecordedRead[]): CaseReader[] {
  const found = new Map<string, RecordedRead[]>();
  for (const read of reads) found.set(read.assignment, [...(found.get(read.assignment) ?? []), read]);
  return [...found.values()].map((versions, index) => {
    const newest = versions[versions.length - 1];
    return {
      assignment: newest.assignment,
      name: newest.reader,
      round: newest.round,
      colour: readerColour(index),
      reads: versions,
      newest,
    };
  });
}
