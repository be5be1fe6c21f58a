/** A manager has cases read first. */
import { usePutFirst } from '../api/bulk';
import { BulkDialog, type BulkDialogProps } from './BulkDialog';

export function ReadFirstDialog(props: BulkDialogProps) {
  const bulk = usePutFirst(props.slug);
  return (
    <BulkDialog {...props} bulk={bulk} title="Read first" verb="Put first" done="put first">
      Pool cases that nobody has begun come before all other new ones, also after the next ranking. Readers see no difference.
    </BulkDialog>
  );
}
