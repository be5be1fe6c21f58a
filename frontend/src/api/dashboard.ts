/** The data manager's figures of a project. */
import { queryOptions } from '@tanstack/react-query';

import type { Estimate } from '../lib/estimate';
import { request } from './client';
import type { JobRow } from './jobs';
import type { ModelSummary, QueueHealth } from './models';

export interface AgreementRow {
  finding: string;
  n: number;
  percent: Estimate | null;
  cohen: Estimate | null;
  fleiss: Estimate | null;
  alpha: Estimate | null;
  reason?: string | null;
}

export interface FlagRow {
  id: string;
  kind: 'urgent' | 'not_readable';
  text: string;
  case: string;
  label: string;
  reader: string;
  created_at: string;
  seen_at: string | null;
}

export interface LateReadRow {
  id: string;
  label: string;
  reader: string;
  submitted_at: string;
  accepted_at: string | null;
}

export interface OpenAssignmentRow {
  id: string;
  label: string;
  reader: string;
  state: string;
  opened_at: string | null;
  lease_until: string | null;
}

export interface ReaderRow {
  name: string;
  submitted: number;
  median_seconds: number | null;
}

export interface Dashboard {
  reads: { done: number; needed: number };
  cases: { total: number; begun: number; complete: number; closed: number };
  discordant: { open: number; decided: number; share: number | null };
  readers: ReaderRow[];
  agreement: AgreementRow[];
  model: ModelSummary | null;
  queue: QueueHealth;
  flags: FlagRow[];
  late_reads: LateReadRow[];
  open_assignments?: OpenAssignmentRow[];
  jobs: JobRow[];
  warnings: string[];
}

export function dashboardQuery(slug: string) {
  return queryOptions({
    queryKey: ['dashboard', slug],
    queryFn: ({ signal }) => request<Dashboard>('GET', `/projects/${slug}/dashboard/`, { signal }),
    refetchInterval: 15_000,
  });
}
