/** Name and password of somebody who has an account. */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import { signIn } from '../../../api/session';
import { useBeginSession } from '../useBeginSession';
import { useCountdown } from '../useCountdown';
import { Trouble } from './Trouble';

export function SignInForm() {
  const begin = useBeginSession();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const enter = useMutation({
    mutationFn: () => signIn(username.trim(), password),
    onSuccess: begin,
    onError: () => setPassword(''),
  });
  const wait = useCountdown(enter.error);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (username.trim() !== '' && password !== '' && wait === 0) enter.mutate();
  };

  return (
    <form onSubmit={submit} aria-label="Sign in" data-testid="sign-in">
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
        {enter.isError && <Trouble error={enter.error} wait={wait} testId="sign-in-error" />}
        <Button type="submit" loading={enter.isPending} disabled={wait > 0} data-testid="sign-in-submit">
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
