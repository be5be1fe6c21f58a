/** Inviting by link: what is asked for, then the links, which are shown this once. */
import { Dialog } from '../../../components/dialogs/Dialog';
import { useInvite } from '../api/invitations';
import { InviteForm } from './InviteForm';
import { MadeLinks } from './MadeLinks';

export function InviteDialog({ slug, onClose }: { slug: string; onClose: () => void }) {
  const invite = useInvite(slug);
  if (invite.isSuccess) {
    return (
      // It closes by its button alone: a stray click would lose the links.
      <Dialog title="Invitations" opened size={720} testId="made-links">
        <MadeLinks made={invite.data.results} onDone={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title="Invite by link" opened onClose={onClose} size={620} testId="invite-dialog">
      <InviteForm invite={invite} onCancel={onClose} />
    </Dialog>
  );
}
