/** The dialogs of the workspace that need a reason, by name. */
import { useState, type Dispatch } from 'react';

import type { StandingFlag } from '../../../api/types';
import { Intents } from '../../../lib/intents';
import type { SkipReason } from '../api/caseActions';
import { useDesk } from '../desk/desk';
import type { SessionAction } from '../session/sessionState';
import { ReasonDialog } from './ReasonDialog';

export type DialogName = 'skip' | 'urgent' | 'notReadable' | 'correct';

interface CaseDialogsProps {
  open: DialogName | null;
  assignmentId: string;
  /** Whether a read "not readable" asks another reader in its place. */
  asksAnother: boolean;
  dispatch: Dispatch<SessionAction>;
  isStillShown: (assignmentId: string) => boolean;
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

const UNREADABLE = 'The case is then submitted without answers and marks, and the data manager is told why.';
const ANOTHER_IS_ASKED = 'Another reader is asked, unless as many call it not readable as read each case.';
const NOBODY_IS_ASKED = 'No other reader is asked: unless somebody else reads it, the case stays without labels.';

export function CaseDialogs(props: CaseDialogsProps) {
  const { open, assignmentId, asksAnother, dispatch, isStillShown, onClose, onSkipped, onCorrect } = props;
  const desk = useDesk();
  const [intents] = useState(() => new Intents());
  /** What was written and not sent, by case and dialog. */
  const [written, setWritten] = useState<Record<string, string>>({});
  const key = `${assignmentId}/${open}`;
  const writing = {
    text: written[key] ?? '',
    onText: (text: string) => setWritten((all) => ({ ...all, [key]: text })),
    onClose,
  };
  const done = () => {
    setWritten((all) => ({ ...all, [key]: '' }));
    if (isStillShown(assignmentId)) onClose();
  };
  const flag = async (kind: StandingFlag['kind'], text: string, after: SessionAction) => {
    const content = [assignmentId, kind, text].join(' ');
    const id = intents.idOf(content);
    await desk.flag(assignmentId, kind, text, id);
    intents.acknowledged(content);
    done();
    if (!isStillShown(assignmentId)) return;
    dispatch({ type: 'flagged', flag: { id, kind, text } });
    dispatch(after);
  };

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
          {...writing}
          onDone={async (reason, text) => {
            await desk.skip(assignmentId, reason as SkipReason, text);
            done();
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
          {...writing}
          onDone={(_reason, text) => flag('urgent', text, { type: 'notice', notice: desk.told })}
        />
      );
    case 'notReadable':
      return (
        <ReasonDialog
          title="Not readable"
          lead={`${UNREADABLE} ${asksAnother ? ANOTHER_IS_ASKED : NOBODY_IS_ASKED}`}
          testId="not-readable"
          textOptional={() => false}
          textLabel="Why can it not be read?"
          action="Mark not readable"
          {...writing}
          onDone={(_reason, text) => flag('not_readable', text, { type: 'edit', edit: { type: 'notReadable', value: true } })}
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
          {...writing}
          onDone={async (_reason, text) => {
            done();
            onCorrect(text);
          }}
        />
      );
  }
}
