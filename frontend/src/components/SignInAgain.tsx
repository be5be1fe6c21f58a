/** Asks for the password again in place, when a session ended under an open workspace. */
import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Dialog } from './Dialog';

interface SignInAgainProps {
  opened: boolean;
  username: string;
  /** Rejects with an Error whose message is for the person. */
  onSignIn: (password: string) => Promise<void>;
}

export function SignInAgain({ opened, username, onSignIn }: SignInAgainProps) {
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await onSignIn(password);
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    } finally {
      setBusy(false);
      setPassword('');
    }
  };

  return (
    <Dialog title="Please sign in again" opened={opened} testId="sign-in-again">
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <Text size="sm">
            The session of {username} has ended. What you did is kept on this computer and is saved as soon as you are
            signed in.
          </Text>
          <PasswordInput
            label={`Password of ${username}`}
            value={password}
            error={error}
            data-autofocus
            autoComplete="current-password"
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" loading={busy} disabled={password === ''}>
            Sign in
          </Button>
        </Stack>
      </form>
    </Dialog>
  );
}
