/** The account of somebody new: how she signs in, what she is called, her password. */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { isApiError } from '../../../api/errors';
import { useAccept, type NewPerson } from '../api/invitation';
import { useCountdown } from '../useCountdown';
import { complaintsOf } from '../complaints';
import { Trouble } from './Trouble';

const EMPTY: NewPerson = { username: '', display_name: '', password: '' };

export function NewPersonForm({ token }: { token: string }) {
  const [person, setPerson] = useState(EMPTY);
  const accept = useAccept(token);
  const wait = useCountdown(accept.error);
  const complaints = isApiError(accept.error) ? complaintsOf(accept.error.details) : {};
  const isOfFields = Object.keys(complaints).length > 0;
  const isWhole = person.username.trim() !== '' && person.display_name.trim() !== '' && person.password !== '';

  const field = (name: keyof NewPerson) => ({
    value: person[name],
    error: complaints[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      setPerson({ ...person, [name]: event.currentTarget.value });
      // What was refused is not what stands here after a change.
      if (!accept.isPending) accept.reset();
    },
    required: true,
    withAsterisk: false,
    'data-testid': `new-person-${name}`,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isWhole || wait > 0 || accept.isPending) return;
    accept.mutate({ ...person, username: person.username.trim(), display_name: person.display_name.trim() });
  };

  return (
    <form onSubmit={submit} aria-label="New account" data-testid="new-person">
      <Stack gap={14}>
        <TextInput
          label="Sign-in name"
          description="You type it each time you sign in."
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={150}
          autoFocus
          {...field('username')}
        />
        <TextInput
          label="Your name"
          description="As the data manager of the project sees it."
          autoComplete="name"
          spellCheck={false}
          maxLength={100}
          {...field('display_name')}
        />
        <PasswordInput
          label="Password"
          description="At least 12 characters."
          autoComplete="new-password"
          maxLength={1024}
          {...field('password')}
        />
        {accept.isError && !isOfFields && <Trouble error={accept.error} wait={wait} testId="join-error" />}
        <Button type="submit" loading={accept.isPending} disabled={wait > 0} data-testid="new-person-submit">
          Make my account and join
        </Button>
      </Stack>
    </form>
  );
}
