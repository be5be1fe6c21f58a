/** The dialogs of the workspace that need a reason, by name. */
import type { Dispatch } from 'react';

import { flagCase, skipCase, type SkipReason } from '../api/caseActions';
import type { SessionAction } from '../sessionState';
import { ReasonDialog } from './ReasonDialog';

export type DialogName = 'skip' | 'urgent' | 'notReadable' | 'correct';

interface CaseDialogsProps {
  open: DialogName | null;
  assignmentId: string;
  dispatch: Dispatch<SessionAction>;
  onClose: () => void;
  onSkipped: () => void;
  onCorrect: (reason: string) => void;
}

const SKIP_REASONS: { value: SkipReason; label: string }[] = [
  { value: 'not_my_area', label: 'Not my area' },
  { value: 'poor_quality', label: 'Image quality too poor for me' },
  { value: 'conflict', label: 'I know this patient or case' },
  { value: 'other', label: 'Other' },
];

export function CaseDialogs({ open, assignmentId, dispatch, onClose, onSkipped, onCorrect }: CaseDialogsProps) {
  switch (open) {
    case null:
      return null;
    case 'skip':
      return (
        <ReasonDialog
          title="Skip this case"
          lead="Another reader gets it. It is not offered to you again."
          testId="skip"
          reasons={SKIP_REASONS}
          textOptional={(reason) => reason !== 'other'}
          textLabel="Remark"
          action="Skip"
          onClose={onClose}
          onDone={async (reason, text) => {
            await skipCase(assignmentId, reason as SkipReason, text);
            onClose();
            onSkipped();
          }}
        />
      );
    case 'urgent':
      return (
        <ReasonDialog
          title="Urgent or unexpected finding"
          lead="The data manager is told at once. Other readers do not see it. Then go on reading."
          testId="urgent"
          textOptional={() => false}
          textLabel="What did you see?"
          action="Send"
          onClose={onClose}
          onDone={async (_reason, text) => {
            await flagCase(assignmentId, 'urgent', text, crypto.randomUUID());
            onClose();
            dispatch({ type: 'notice', notice: { tone: 'info', text: 'The data manager has been told. Go on reading.' } });
          }}
        />
      );
    case 'notReadable':
      return (
        <ReasonDialog
          title="Not readable"
          lead="The case is then submitted without answers and marks, another reader is asked, and the data manager is told why."
          testId="not-readable"
          textOptional={() => false}
          textLabel="Why can it not be read?"
          action="Mark not readable"
          onClose={onClose}
          onDone={async (_reason, text) => {
            await flagCase(assignmentId, 'not_readable', text, crypto.randomUUID());
            onClose();
            dispatch({ type: 'edit', edit: { type: 'notReadable', value: true } });
          }}
        />
      );
    case 'correct':
      return (
        <ReasonDialog
          title="Submit the corrected read"
          lead="The first version is kept. The corrected one becomes a new version with your reason."
          testId="correct"
          textOptional={() => false}
          textLabel="Reason"
          action="Submit correction"
          onClose={onClose}
          onDone={async (_reason, text) => {
            onClose();
            onCorrect(text);
          }}
        />
      );
  }
}
