/** What stands in the place of a list that is empty, still loading, or could not be loaded. */
import { Button, Skeleton, Stack } from '@mantine/core';
import type { ReactNode } from 'react';

import { Notice } from './Notice';

export function Blank({ title, children, testId }: { title: string; children?: ReactNode; testId?: string }) {
  return (
    <div className="lh-blank" data-testid={testId}>
      <strong>{title}</strong>
      {children}
    </div>
  );
}

export function LoadingRows({ rows = 4 }: { rows?: number }) {
  return (
    <Stack gap={10} p={16} aria-busy aria-label="Loading" role="status">
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} height={16} width={`${92 - ((i * 17) % 40)}%`} radius="sm" />
      ))}
    </Stack>
  );
}

/** `error` is anything that was thrown; its sentence is shown as it is. */
export function LoadFailed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const sentence = error instanceof Error ? error.message : 'This could not be loaded.';
  return (
    <Notice
      tone="bad"
      testId="load-failed"
      side={
        onRetry &&
        !isFinal(error) && (
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      {sentence}
    </Notice>
  );
}

/** An answer that trying again will not change: not allowed, or not there. */
function isFinal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'status' in error && (error.status === 403 || error.status === 404);
}
