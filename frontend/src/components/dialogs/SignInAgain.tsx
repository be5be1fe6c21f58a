/** Asks for the password again in place, when a session ended under an open page or another person has signed in. */
import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Dialog } from './Dialog';

interface SignInAgainProps {
  opened: boolean;
  username: string;
  /** Name of the person who is signed in in this browser instead. */
  other: string | null;
  /** Rejects with an Error whose message is for the person. */
  onSignIn: (password: string) => Promise<void>;
  /** A page, which is hidden meanwhile and keeps what was written on it; else a workspace, which saves by itself. */
  isPage?: boolean;
}

export function SignInAgain({ opened, username, other, onSignIn, isPage = false }: SignInAgainProps) {
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
    <Dialog
      title={other === null ? 'Please sign in again' : `${other} has signed in in this browser`}
      opened={opened}
      isOpaque={isPage}
      testId="sign-in-again"
    >
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <Text size="sm">
            {other === null
              ? `The session of ${username} has ended.`
              : `This page belongs to ${username}. Nothing of it was sent in the name of ${other}.`}{' '}
            {isPage ? 'What you wrote on the page is still there. Nothing was sent since.' : keptSentence(username, other)}
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
          <Button variant="default" onClick={() => window.location.assign('/')} data-testid="leave-page">
            Leave this page{other !== null && ` and go on as ${other}`}
          </Button>
        </Stack>
      </form>
    </Dialog>
  );
}

function keptSentence(username: string, other: string | null): string {
  const [who, is] = other === null ? ['you', 'you are'] : [username, `${username} is`];
  return `What ${who} did is kept on this computer and is saved as soon as ${is} signed in.`;
}
