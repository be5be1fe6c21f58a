/** New versions of a project's label schema and reading protocol. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import { isApiError } from '../../../api/errors';
import { projectQuery, type Protocol } from '../../../api/projects';
import type { components } from '../../../api/schema';
import type { Finding, LabelSchema, RegionClass } from '../../../api/types';
import { resettlingQuery } from './resettling';
import { roundPreviewQuery } from './rounds';

export type SlotsPreview = components['schemas']['ProtocolPreview'];
export type SchemaPreview = components['schemas']['SchemaPreview'];
export type FindingChange = components['schemas']['FindingChangeOutput'];

/** What a save over a version that is no longer the newest answers: both versions. */
export interface Newer<T> {
  version: number;
  saved: T;
  base: T | null;
}

export function newerVersion<T>(error: unknown): Newer<T> | null {
  return isApiError(error, 'newer_version') ? (error.details as Newer<T>) : null;
}

function ifMatch(version: number): Record<string, string> {
  return { 'If-Match': `"${version}"` };
}

/** What another number of readers would mean for cases that are not closed; changes nothing. */
export function slotsPreviewQuery(slug: string, readersPerCase: number) {
  return queryOptions({
    queryKey: ['slots-preview', slug, readersPerCase],
    queryFn: ({ signal }) =>
      request<SlotsPreview>('GET', `/projects/${slug}/protocol/preview/?readers_per_case=${readersPerCase}`, { signal }),
    staleTime: 0,
  });
}

/** What saving this schema, as JSON, would mean for the cases that are there; changes nothing. */
export function schemaPreviewQuery(slug: string, content: string) {
  return queryOptions({
    queryKey: ['schema-preview', slug, content],
    queryFn: ({ signal }) =>
      request<SchemaPreview>('POST', `/projects/${slug}/schema/preview/`, { body: JSON.parse(content) as object, signal }),
    staleTime: 0,
    // What was said of the last edit stays until this one is counted: the page does not jump while she writes.
    placeholderData: keepPreviousData,
  });
}

export function useSaveSchema(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ base, ...body }: { base: number; findings: Finding[]; region_classes: RegionClass[] }) =>
      request<LabelSchema>('POST', `/projects/${slug}/schema/`, { body, headers: ifMatch(base) }),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries(projectQuery(slug)),
        queryClient.invalidateQueries(roundPreviewQuery(slug)),
        queryClient.invalidateQueries(resettlingQuery(slug)),
      ]),
  });
}

export function useSaveProtocol(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ version, ...body }: Protocol) =>
      request<Protocol>('POST', `/projects/${slug}/protocol/`, { body, headers: ifMatch(version) }),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries(projectQuery(slug)),
        queryClient.invalidateQueries(resettlingQuery(slug)),
      ]),
  });
}
