/** A manager takes cases out, with a reason. */
import { useExclude } from '../api/bulk';
import { BulkDialog, type BulkDialogProps } from './BulkDialog';

export function ExcludeDialog(props: BulkDialogProps) {
  const bulk = useExclude(props.slug);
  return (
    <BulkDialog
      {...props}
      bulk={bulk}
      title="Exclude"
      verb="Exclude"
      done="excluded"
      color="red.9"
      reason="Kept with each case. No patient data, please."
    >
      Offered to nobody, not trained on and not measured. Reads so far are kept, and whoever has a case open finishes it. You can bring
      them back.
    </BulkDialog>
  );
}
