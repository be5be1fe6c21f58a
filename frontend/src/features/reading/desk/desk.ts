/**
 * Where the workspace gets its cases from and where it brings what is done: to the server, or nowhere. The same
 * workspace works at either.
 */
import { createContext, useContext } from 'react';

import type { ReadDocument, WorkspacePayload } from '../../../api/types';
import type { SkipReason } from '../api/caseActions';
import type { NextAnswer } from '../api/nextAssignment';
import type { SubmitAnswer } from '../api/sendRead';
import type { Journal, PendingSubmit } from '../saving/journal';
import type { Notice } from '../session/sessionState';
import { SERVER_DESK } from './serverDesk';

export interface Desk {
  /** Said with every case where nothing is stored. */
  note: string | null;
  /** A reader has a worklist to go back to. */
  hasWorklist: boolean;
  home: (slug: string | null, id: string) => { to: string; name: string; title: string };
  caseAddress: (id: string) => string;
  nextAddress: (slug: string, after: string) => string;
  open: (id: string) => Promise<WorkspacePayload>;
  peek: (id: string) => Promise<WorkspacePayload>;
  next: (slug: string, ahead: boolean, key: string) => Promise<NextAnswer>;
  previous: (id: string) => Promise<string | null>;
  saveDraft: (id: string, document: ReadDocument, version: number) => Promise<{ version: number }>;
  forgetDraft: (id: string, version: number) => Promise<void>;
  sendRead: (id: string, submit: PendingSubmit) => Promise<SubmitAnswer>;
  /** Null where no case is leased. */
  heartbeat: ((id: string) => Promise<{ lease_until: string }>) | null;
  skip: (id: string, reason: SkipReason, text: string) => Promise<void>;
  flag: (id: string, kind: 'not_readable' | 'urgent', text: string, uuid: string) => Promise<void>;
  withdrawFlag: (id: string, flag: string) => Promise<void>;
  /** What keeps what the server may not have yet. */
  journal: <Entry>(userId: string, shelf?: 'given-up') => Journal<Entry>;
  skipped: (label: string) => Notice;
  told: Notice;
}

export const DeskContext = createContext<Desk>(SERVER_DESK);

export function useDesk(): Desk {
  return useContext(DeskContext);
}
