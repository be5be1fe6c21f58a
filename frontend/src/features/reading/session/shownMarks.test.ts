import { describe, expect, it } from 'vitest';

import type { BoxAnnotation } from '../../../api/types';
import { schema } from '../../../testing/payloads';
import { shownMarks } from './shownMarks';

function mark(id: string, finding: string): BoxAnnotation {
  const geometry = { x: 1, y: 2, width: 3, height: 4 };
  return { id, kind: 'box', finding, region_class: null, space: 'image', instance: 'i1', frame: 1, geometry };
}

describe('marks on the image', () => {
  it('carry their number among the marks of their finding', () => {
    const shown = shownMarks([mark('a', 'nodule'), mark('b', 'device'), mark('c', 'nodule')], schema, true);
    expect(shown.map(({ label }) => label)).toEqual(['Nodule 1', 'Device 1', 'Nodule 2']);
  });

  it('close their ranks when one is deleted, as the list does', () => {
    const shown = shownMarks([mark('b', 'device'), mark('c', 'nodule')], schema, true);
    expect(shown.map(({ label }) => label)).toEqual(['Device 1', 'Nodule 1']);
  });
});
