import { describe, expect, it } from 'vitest';

import { defaultViewOf, namedViewOf, rememberFrame } from './imageRegistry';
import type { DicomJson } from './metadata';
import type { StackFrame } from './stacks';

describe('the views of an announced image', () => {
  it("takes the nameless window of a header for the image's default, never for the reader's own", () => {
    const old = { '00281050': { vr: 'DS', Value: [40] }, '00281051': { vr: 'DS', Value: [400] } } as DicomJson;
    rememberFrame('old', { frame: 1, image: {} } as StackFrame, old);
    expect(defaultViewOf('old')).toMatchObject({ name: '', center: 40 });
    expect(namedViewOf('old', '')).toBeNull();
  });
});
