/** What happened or was refused, in one sentence. */
import type { Notice } from '../session/sessionState';

export function CaseNotice({ notice }: { notice: Notice | null }) {
  if (notice === null) return null;
  return (
    <p className="ws-notice" data-tone={notice.tone} role="status" data-testid="notice">
      {notice.text}
    </p>
  );
}
