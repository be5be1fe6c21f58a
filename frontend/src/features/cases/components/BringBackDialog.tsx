/** A manager brings excluded cases back, with a reason. */
import { useBringBack } from '../api/bulk';
import { BulkDialog, type BulkDialogProps } from './BulkDialog';

export function BringBackDialog(props: BulkDialogProps) {
  const bulk = useBringBack(props.slug);
  return (
    <BulkDialog
      {...props}
      bulk={bulk}
      title="Bring back"
      verb="Bring back"
      done="brought back"
      reason="Kept with each case. No patient data, please."
    >
      Each lies in the split of its patient again, keeps the labels that it had, and asks for the reads that it lacks.
    </BulkDialog>
  );
}
