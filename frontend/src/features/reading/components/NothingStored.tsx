/** Stands where a reader sees what is saved. */
import { IconEye } from '@tabler/icons-react';

export function NothingStored({ note }: { note: string }) {
  return (
    <strong
      role="status"
      style={{ color: 'var(--ws-warn)', display: 'flex', alignItems: 'center', gap: 6 }}
      data-testid="nothing-stored"
    >
      <IconEye size={15} aria-hidden /> {note}
    </strong>
  );
}
