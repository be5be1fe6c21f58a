/** Small, complete payloads for tests. */
import type { BoxAnnotation, LabelSchema, ReadDocument, WorkspacePayload } from '../api/types';

export const schema: LabelSchema = {
  version: 1,
  findings: [
    { code: 'nodule', name: 'Nodule', type: 'presence', hotkey: '1', required: true, boxes: true },
    { code: 'effusion', name: 'Effusion', type: 'presence', hotkey: '2', required: true, boxes: false },
    { code: 'device', name: 'Device', type: 'presence', hotkey: 'd', required: false, boxes: true },
  ],
  region_classes: [],
};

export const box: BoxAnnotation = {
  id: 'b1',
  kind: 'box',
  finding: 'nodule',
  region_class: null,
  space: 'image',
  instance: 'i1',
  frame: 1,
  geometry: { x: 1, y: 2, width: 3, height: 4 },
};

export const emptyDocument: ReadDocument = { answers: {}, annotations: [], comment: '', not_readable: false };

export function workspace(part: Partial<WorkspacePayload> = {}): WorkspacePayload {
  return {
    assignment: {
      id: 'a1',
      label: 'My case 1',
      state: 'open',
      lease_until: null,
      submitted_at: null,
      read_version: 0,
      slip_until: null,
      return_note: '',
      outcome_visible: false,
      unreadable_asks_another: true,
    },
    project: { slug: 'chest', name: 'Chest' },
    schema,
    protocol: { context_fields: [] },
    draft_aside: null,
    context: { age: null, age_text: null, sex: null, view: null, indication: null, prior: [] },
    images: [],
    flags: [],
    draft: { version: 1, document: emptyDocument },
    allowed_actions: ['save', 'submit', 'skip', 'flag', 'release'],
    ...part,
  };
}
