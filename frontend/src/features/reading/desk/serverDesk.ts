/** A reader's own desk: every case is hers, and all that she does reaches the server. */
import { flagCase, heartbeat, skipCase, withdrawFlag } from '../api/caseActions';
import { nextAssignment } from '../api/nextAssignment';
import { openAssignment, peekAssignment } from '../api/openAssignment';
import { previousCase } from '../api/previousCase';
import { forgetDraft, saveDraft } from '../api/saveDraft';
import { sendRead } from '../api/sendRead';
import { takeEarly } from '../opening/earlyOpen';
import { IndexedDbJournal } from '../saving/journal';
import type { Desk } from './desk';

export const SERVER_DESK: Desk = {
  note: null,
  hasWorklist: true,
  home: (slug) => ({ to: slug === null ? '/' : `/p/${slug}/worklist`, name: 'Worklist', title: 'Back to the worklist' }),
  caseAddress: (id) => `/read/${id}`,
  nextAddress: (slug) => `/p/${slug}/read`,
  open: (id) => takeEarly(id) ?? openAssignment(id),
  peek: peekAssignment,
  next: nextAssignment,
  previous: previousCase,
  saveDraft,
  forgetDraft,
  sendRead,
  heartbeat,
  skip: skipCase,
  flag: flagCase,
  withdrawFlag,
  journal: <Entry>(userId: string, shelf?: 'given-up') => new IndexedDbJournal<Entry>(userId, shelf ?? null),
  skipped: (label) => ({
    tone: 'info',
    text: `${label} is skipped. It stands in your worklist, where you can take it back.`,
  }),
  told: { tone: 'info', text: 'The data manager has been told. Go on reading.' },
};
