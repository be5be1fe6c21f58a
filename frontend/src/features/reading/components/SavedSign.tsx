/** The truth about what the server has. */
import { IconAlertTriangle, IconCheck, IconLoader2 } from '@tabler/icons-react';

import type { SaveStatus } from '../saving/saveQueue';
import type { Phase } from '../session/sessionState';

interface SavedSignProps {
  phase: Phase;
  save: SaveStatus;
  amending: boolean;
  /** A submit has been sent and no answer came yet. */
  unanswered: boolean;
  onRetry: () => void;
}

export function SavedSign({ phase, save, amending, unanswered, onRetry }: SavedSignProps) {
  const { tone, text } = unanswered ? NOT_SUBMITTED : signOf(phase, save, amending);
  return (
    <span role="status" data-testid="saved-sign" data-save={tone} style={{ display: 'flex', alignItems: 'center', gap: 6 }}>
      {tone === 'saved' && <IconCheck size={15} color="var(--ws-good)" aria-hidden />}
      {tone === 'saving' && <IconLoader2 size={15} color="var(--ws-dim)" aria-hidden />}
      {tone === 'unsaved' && <IconAlertTriangle size={15} color="var(--ws-warn)" aria-hidden />}
      <span style={{ color: tone === 'unsaved' ? 'var(--ws-warn)' : 'var(--ws-dim)' }}>{text}</span>
      {save.kind === 'unsaved' && save.reason !== 'signedOut' && (
        <button type="button" className="ws-quiet" style={{ flex: 'none', height: 24, padding: '0 8px' }} onClick={onRetry}>
          Try now
        </button>
      )}
    </span>
  );
}

const NOT_SUBMITTED = { tone: 'unsaved' as const, text: 'not submitted yet (kept on this computer)' };

type Tone = 'saved' | 'saving' | 'unsaved' | 'idle';

export function signOf(phase: Phase, save: SaveStatus, amending: boolean): { tone: Tone; text: string } {
  if (phase === 'submitted') return { tone: 'saved', text: 'submitted' };
  if (phase === 'submitting') return { tone: 'saving', text: 'submitting' };
  if (phase === 'conflict') return { tone: 'unsaved', text: 'two versions: please choose' };
  if (amending) return { tone: 'idle', text: 'correcting: kept on this computer until submitted' };
  if (save.kind === 'saving') return { tone: 'saving', text: 'saving' };
  if (save.kind === 'unsaved') return { tone: 'unsaved', text: unsavedText(save) };
  if (save.kind === 'saved' && save.at !== null) return { tone: 'saved', text: `saved ${clock(save.at, true)}` };
  return { tone: 'idle', text: '' };
}

function unsavedText(save: Extract<SaveStatus, { kind: 'unsaved' }>): string {
  const changes = save.changes === 1 ? '1 change' : `${save.changes} changes`;
  const where = save.kept ? 'kept on this computer' : 'kept in this page only: do not close it';
  const why = save.reason === 'refused' ? `: ${save.message}` : '';
  return `not saved since ${clock(save.since, false)} (${changes} ${where})${why}`;
}

function clock(at: number, seconds: boolean): string {
  const form: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
  return new Date(at).toLocaleTimeString('en-GB', seconds ? { ...form, second: '2-digit' } : form);
}
