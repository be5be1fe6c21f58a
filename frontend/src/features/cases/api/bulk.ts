/** What a manager does with many cases at once. Sent again because no answer came, it does nothing twice. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';
import { Intents } from '../../../lib/intents';
import type { Outcome } from '../outcome';
import { casesChanged } from './changed';

type Schemas = components['schemas'];

export interface Wanted {
  cases: string[];
  reason: string;
}

export function useExclude(slug: string) {
  return useReasoned<Schemas['ExcludedOutput']>(slug, 'exclude', (answer) => answer.excluded);
}

export function useBringBack(slug: string) {
  return useReasoned<Schemas['BroughtBackOutput']>(slug, 'bring-back', (answer) => answer.brought_back);
}

export function usePutFirst(slug: string) {
  return useBulk(async ({ cases }: Wanted): Promise<Outcome> => {
    const answer = await request<Schemas['PutFirstOutput']>('POST', `/projects/${slug}/cases/read-first/`, { body: { cases } });
    return { ...answer, done: answer.put_first };
  });
}

export function usePutInTurn(slug: string) {
  return useBulk(async ({ cases }: Wanted): Promise<Outcome> => {
    const answer = await request<Schemas['PutInTurnOutput']>('POST', `/projects/${slug}/cases/read-in-turn/`, { body: { cases } });
    return { ...answer, done: answer.put_in_turn };
  });
}

export type Bulk = ReturnType<typeof usePutFirst>;

function useReasoned<Answer extends Omit<Outcome, 'done'>>(
  slug: string,
  action: 'exclude' | 'bring-back',
  done: (answer: Answer) => number,
): Bulk {
  const [intents] = useState(() => new Intents());
  return useBulk(async (wanted: Wanted): Promise<Outcome> => {
    const content = JSON.stringify(wanted);
    const body = { ...wanted, client_uuid: intents.idOf(content) };
    const answer = await request<Answer>('POST', `/projects/${slug}/cases/${action}/`, { body });
    intents.acknowledged(content);
    return { ...answer, done: done(answer) };
  });
}

function useBulk(act: (wanted: Wanted) => Promise<Outcome>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSettled: () => casesChanged(queryClient),
  });
}
