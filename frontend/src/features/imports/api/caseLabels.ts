/** Labels by table for cases that the project has: shown first, then taken by a job. */
import { queryOptions } from '@tanstack/react-query';

import { request } from '../../../api/client';
import { isActive } from '../../../api/jobs';
import type { components } from '../../../api/schema';

type Schemas = components['schemas'];

export type CaseLabelsReport = Schemas['CaseLabelsReport'];
export type CaseLabelsGroup = Schemas['CaseLabelsGroup'];
export type CaseLabelsKind = CaseLabelsGroup['kind'];
export type CaseLabelTable = Schemas['CaseLabelTableOutput'];

export function caseLabelsQuery(slug: string) {
  return queryOptions({
    queryKey: ['case-labels', slug],
    queryFn: ({ signal }) => request<Schemas['CaseLabelTables']>('GET', `/projects/${slug}/labels/`, { signal }),
    refetchInterval: (query) => (query.state.data?.results.some((table) => isActive(table.state)) ? 1500 : false),
  });
}

/** What the table would do; nothing is changed. */
export function previewCaseLabels(slug: string, table: File, labelsAs: string): Promise<CaseLabelsReport> {
  return request('POST', `/projects/${slug}/labels/preview/`, { body: form(table, labelsAs) });
}

/** `id` is the client's: the same table sent twice is taken once. */
export function takeCaseLabels(
  slug: string,
  sent: { table: File; labelsAs: string; replaces: boolean; id: string },
): Promise<CaseLabelTable> {
  const body = form(sent.table, sent.labelsAs);
  body.append('client_uuid', sent.id);
  body.append('replaces', String(sent.replaces));
  return request('POST', `/projects/${slug}/labels/`, { body });
}

function form(table: File, labelsAs: string): FormData {
  const body = new FormData();
  body.append('file', table, table.name);
  body.append('labels_as', labelsAs);
  return body;
}
