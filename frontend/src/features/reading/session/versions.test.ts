import { expect, it } from 'vitest';

import type { ReadDocument } from '../../../api/types';
import { box, emptyDocument, schema } from '../../../testing/payloads';
import { versionLines } from './versions';

const marked: ReadDocument = {
  ...emptyDocument,
  answers: { nodule: { value: 'present', by_rest: false } },
  annotations: [box],
};
const moved: ReadDocument = { ...marked, annotations: [{ ...box, geometry: { ...box.geometry, x: 90 } }] };

function differing(document: ReadDocument, other: ReadDocument): string[] {
  return versionLines(document, other, schema)
    .filter((line) => line.differs)
    .map((line) => line.text);
}

it('names what differs', () => {
  expect(differing(marked, emptyDocument)).toEqual(['Nodule: present, 1 marked']);
  expect(differing(emptyDocument, marked)).toEqual(['Nodule: open']);
  expect(differing({ ...marked, comment: 'a rib' }, marked)).toEqual(['Comment: a rib']);
  expect(differing({ ...emptyDocument, not_readable: true }, emptyDocument)).toEqual(['Not readable']);
});

it('names marks that are as many and not the same', () => {
  expect(differing(marked, moved)).toEqual(['Nodule: present, 1 marked, not as in the other']);
  expect(differing(marked, { ...marked, annotations: [{ ...box }] })).toEqual([]);
});
