/** Open an assignment for reading (begins or renews its lease), or look at one without opening it. */
import { request } from '../../../api/client';
import type { WorkspacePayload } from '../../../api/types';

export function openAssignment(id: string): Promise<WorkspacePayload> {
  return request<WorkspacePayload>('POST', `/assignments/${id}/open/`);
}

export function peekAssignment(id: string): Promise<WorkspacePayload> {
  return request<WorkspacePayload>('GET', `/assignments/${id}/`);
}
