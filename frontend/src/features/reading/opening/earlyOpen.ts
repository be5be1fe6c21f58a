/**
 * Opens the case of an address while the code of the workspace is still on its way, so that code, case and image do
 * not wait for each other.
 */
import type { WorkspacePayload } from '../../../api/types';
import { askMetadataEarly } from '../../../viewer/images/metadata';
import { openAssignment } from '../api/openAssignment';

const CASE_ADDRESS = /^\/read\/([0-9a-f-]{36})$/;

let early: { id: string; answer: Promise<WorkspacePayload> } | null = null;

/** Opens the case if the address is one's; for the first page of a visit, and for the way to a next case. */
export function openEarly(pathname: string): void {
  const id = CASE_ADDRESS.exec(pathname)?.[1];
  if (id === undefined) return;
  const answer = openAssignment(id);
  early = { id, answer };
  answer
    .then((payload) => Promise.all(payload.images.slice(0, 1).map(askMetadataEarly)))
    // The workspace asks again by itself, and says what is wrong.
    .catch(() => {
      early = null;
    });
}

/** What was asked for early, without taking it. */
export function lookEarly(): Promise<WorkspacePayload> | null {
  return early?.answer ?? null;
}

/** The answer for this case, once; null when it was not asked for early. */
export function takeEarly(id: string): Promise<WorkspacePayload> | null {
  const found = early?.id === id ? early.answer : null;
  early = null;
  return found;
}
