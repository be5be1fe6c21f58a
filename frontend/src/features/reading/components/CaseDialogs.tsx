/** The dialogs of the workspace that need a reason, by name. */
import type { SkipReason } from '../api/caseActions';
import { ReasonDialog } from './ReasonDialog';

export type DialogName = 'skip' | 'urgent' | 'notReadable' | 'correct';

interface CaseDialogsProps {
  open: DialogName | null;
  onClose: () => void;
  onSkip: (reason: SkipReason, text: string) => Promise<void>;
  onUrgent: (text: string) => Promise<void>;
  onNotReadable: (text: string) => Promise<void>;
  onCorrect: (reason: string) => Promise<void>;
}

const SKIP_REASONS: { value: SkipReason; label: string }[] = [
  { value: 'not_my_area', label: 'Not my area' },
  { value: 'poor_quality', label: 'Image quality too poor for me' },
  { value: 'conflict', label: 'I know this patient or case' },
  { value: 'other', label: 'Other' },
];

export function CaseDialogs({ open, onClose, onSkip, onUrgent, onNotReadable, onCorrect }: CaseDialogsProps) {
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
          onDone={(reason, text) => onSkip(reason as SkipReason, text)}
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
          onDone={(_reason, text) => onUrgent(text)}
        />
      );
    case 'notReadable':
      return (
        <ReasonDialog
          title="Not readable"
          lead="The case can then be submitted without answers, and the data manager is told why."
          testId="not-readable"
          textOptional={() => false}
          textLabel="Why can it not be read?"
          action="Mark not readable"
          onClose={onClose}
          onDone={(_reason, text) => onNotReadable(text)}
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
          onDone={(_reason, text) => onCorrect(text)}
        />
      );
  }
}
