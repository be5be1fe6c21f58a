/** Asks before a page with unsaved changes is left. */
import { Button, Group, Text } from '@mantine/core';
import { useEffect } from 'react';
import { useBlocker } from 'react-router';

import { Dialog } from './Dialog';

export function UnsavedGuard({ changed }: { changed: boolean }) {
  const blocker = useBlocker(changed);

  useEffect(() => {
    if (!changed) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [changed]);

  return (
    <Dialog title="Leave without saving?" opened={blocker.state === 'blocked'} onClose={() => blocker.reset?.()} testId="unsaved">
      <Text size="sm">What you changed on this page has not been saved.</Text>
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={() => blocker.proceed?.()} data-testid="unsaved-leave">
          Leave
        </Button>
        <Button onClick={() => blocker.reset?.()} data-autofocus>
          Stay
        </Button>
      </Group>
    </Dialog>
  );
}
