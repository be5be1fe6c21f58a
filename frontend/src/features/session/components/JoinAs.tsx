/** Somebody is signed in: she joins as herself, or signs out to join as somebody else. */
import { Button, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';

import { fetchSession, signOut } from '../../../api/session';
import type { SessionUser } from '../../../api/types';
import { useAccept } from '../api/invitation';
import { useBeginSession } from '../useBeginSession';
import { useCountdown } from '../useCountdown';
import { Trouble } from './Trouble';

export function JoinAs({ token, user }: { token: string; user: SessionUser }) {
  const accept = useAccept(token);
  const begin = useBeginSession();
  const leave = useMutation({
    mutationFn: async () => {
      await signOut();
      return fetchSession();
    },
    onSuccess: begin,
  });
  const wait = useCountdown(accept.error);
  const error = accept.error ?? leave.error;
  return (
    <Stack gap={14}>
      {error !== null && <Trouble error={error} wait={wait} testId="join-error" />}
      <Button
        onClick={() => accept.mutate(null)}
        loading={accept.isPending}
        disabled={wait > 0 || leave.isPending}
        data-testid="join-as"
      >
        Join as {user.display_name}
      </Button>
      <Button
        variant="default"
        onClick={() => leave.mutate()}
        loading={leave.isPending}
        disabled={accept.isPending}
        data-testid="join-other-account"
      >
        Use another account
      </Button>
    </Stack>
  );
}
