/** A manager takes back that cases are read first. */
import { usePutInTurn } from '../api/bulk';
import { BulkDialog, type BulkDialogProps } from './BulkDialog';

export function ReadInTurnDialog(props: BulkDialogProps) {
  const bulk = usePutInTurn(props.slug);
  return (
    <BulkDialog {...props} bulk={bulk} title="Read in turn" verb="Put in turn" done="put in their turn">
      They come when the ranking has it, or in random order.
    </BulkDialog>
  );
}
