/** Forward and back through a list that is paged by key: such a list knows no page numbers. */
import { Button, Group } from '@mantine/core';

interface PagerProps {
  page: number;
  hasNext: boolean;
  onBack: () => void;
  onNext: () => void;
}

export function Pager({ page, hasNext, onBack, onNext }: PagerProps) {
  if (page === 1 && !hasNext) return null;
  return (
    <Group gap={8} px={16} py={10} justify="flex-end" component="nav" aria-label="Pages of the list">
      <span className="lh-note">Page {page}</span>
      <Button size="compact-sm" variant="default" disabled={page === 1} onClick={onBack} data-testid="page-back">
        Back
      </Button>
      <Button size="compact-sm" variant="default" disabled={!hasNext} onClick={onNext} data-testid="page-next">
        Next
      </Button>
    </Group>
  );
}
