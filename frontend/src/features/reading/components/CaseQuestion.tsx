/** What an adjudicator asks of a case that she sent back. */
import type { WorkspacePayload } from '../../../api/types';

export function CaseQuestion({ assignment }: { assignment: WorkspacePayload['assignment'] }) {
  if (assignment.return_note === '') return null;
  return (
    <p className="ws-notice" data-testid="return-note">
      Sent back to you: {assignment.return_note}
    </p>
  );
}
