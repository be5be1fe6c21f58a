/** What was made of an image, for those who steer the project. */
import { queryOptions } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';

type Schemas = components['schemas'];

/** One series of a case, by its first image. */
export type CaseSeries = Schemas['CaseSeriesOutput'];
export type Pipeline = Schemas['PipelineOutput'];
/** What became of one attribute of the file. */
export type Attribute = Schemas['AttributeOutput'];

export function caseImagesQuery(id: string) {
  return queryOptions({
    queryKey: ['case-images', id],
    queryFn: ({ signal }) => request<Schemas['CaseImages']>('GET', `/cases/${id}/images/`, { signal }),
  });
}

export function pipelineQuery(instance: string) {
  return queryOptions({
    queryKey: ['pipeline', instance],
    queryFn: ({ signal }) => request<Pipeline>('GET', `/instances/${instance}/pipeline/`, { signal }),
  });
}
