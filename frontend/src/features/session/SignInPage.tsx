/** Signing in. Shown in place of the page that was asked for, so that it opens right after. */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';

import { isApiError, errorMessage } from '../../api/errors';
import { sessionQuery, signIn } from '../../api/session';
import { Notice } from '../../components/messages/Notice';
import { secondsToWait } from './throttle';

export function SignInPage() {
  const queryClient = useQueryClient();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const enter = useMutation({
    mutationFn: () => signIn(username.trim(), password),
    onSuccess: (session) => {
      // Nothing that another person loaded in this tab may be left to see.
      queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
      queryClient.setQueryData(sessionQuery.queryKey, session);
    },
    onError: () => setPassword(''),
  });
  const wait = useCountdown(isApiError(enter.error) && enter.error.status === 429 ? enter.error : null);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (username.trim() !== '' && password !== '' && wait === 0) enter.mutate();
  };

  return (
    <main className="lh-sign-in">
      <title>Sign in · LabelHub</title>
      <form onSubmit={submit} aria-label="Sign in" data-testid="sign-in">
        <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={36} height={36} />
        <h1>LabelHub</h1>
        <Stack gap={14}>
          <TextInput
            label="Name"
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            required
            withAsterisk={false}
            data-testid="sign-in-name"
          />
          <PasswordInput
            label="Password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            required
            withAsterisk={false}
            data-testid="sign-in-password"
          />
          {enter.isError && (
            <Notice tone={wait > 0 ? 'warn' : 'bad'} testId="sign-in-error">
              {wait > 0 ? `Too many tries. The next one is possible in ${wait} s.` : errorMessage(enter.error)}
            </Notice>
          )}
          <Button type="submit" loading={enter.isPending} disabled={wait > 0} data-testid="sign-in-submit">
            Sign in
          </Button>
        </Stack>
        <p className="lh-note">No account, or the password is lost? Ask your data manager or administrator.</p>
      </form>
    </main>
  );
}

/** Whole seconds until the server takes another try after `refusal`. */
function useCountdown(refusal: Error | null): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (refusal === null) return setLeft(0);
    const until = Date.now() + secondsToWait(refusal) * 1000;
    const tick = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [refusal]);
  return left;
}
