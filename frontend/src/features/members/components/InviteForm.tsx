/** How many links, for which roles, and how long they work. */
import { Button, Checkbox, Group, NumberInput, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { ROLES } from '../../../api/roles';
import type { Role } from '../../../api/types';
import { Refused } from '../../../components/messages/Refused';
import { plural } from '../../../lib/format';
import type { Invitations, useInvite } from '../api/invitations';
import { invitedOf, invitedSentence, MOST_AT_ONCE, problemOf } from '../invited';

const DAYS: Invitations['days'][] = [1, 7, 30];

interface InviteFormProps {
  invite: ReturnType<typeof useInvite>;
  onCancel: () => void;
}

export function InviteForm({ invite, onCancel }: InviteFormProps) {
  const [roles, setRoles] = useState<Role[]>(['reader']);
  const [days, setDays] = useState<Invitations['days']>(7);
  const [lines, setLines] = useState('');
  const [howMany, setHowMany] = useState<number | string>(1);
  const hasLines = lines.trim() !== '';
  const invited = invitedOf(lines, typeof howMany === 'number' ? howMany : 0, roles);
  const problem = problemOf(invited);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (problem === null && !invite.isPending) invite.mutate({ days, invitations: invited });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap={16}>
        <Checkbox.Group label="Roles" value={roles} onChange={(chosen) => setRoles(chosen as Role[])}>
          <Group gap={18} mt={6}>
            {ROLES.map((role) => (
              <Checkbox key={role.value} value={role.value} label={role.label} data-testid={`invite-role-${role.value}`} />
            ))}
          </Group>
        </Checkbox.Group>
        <Textarea
          label="Whom for, one line for each link"
          description="A note for yourself, such as a name. Roles at the end of a line, after commas, are for that line alone."
          placeholder={'Dr. Vogt\nDr. Lee, reader, adjudicator'}
          autosize
          minRows={3}
          maxRows={8}
          value={lines}
          onChange={(event) => setLines(event.currentTarget.value)}
          data-autofocus
          data-testid="invite-lines"
        />
        <Group gap={24} align="flex-end">
          <NumberInput
            w={130}
            label="How many links"
            min={1}
            max={MOST_AT_ONCE}
            allowDecimal={false}
            value={hasLines ? invited.length : howMany}
            disabled={hasLines}
            onChange={setHowMany}
            data-testid="invite-count"
          />
          <div>
            <Text id="invite-days" size="sm" fw={600} mb={2}>
              They work for
            </Text>
            <SegmentedControl
              aria-labelledby="invite-days"
              data={DAYS.map((each) => ({ value: String(each), label: plural(each, 'day') }))}
              value={String(days)}
              onChange={(value) => setDays(Number(value) as Invitations['days'])}
              data-testid="invite-days"
            />
          </div>
        </Group>
        {invite.isError && <Refused error={invite.error} />}
        <span aria-live="polite" data-testid="invite-summary">
          {problem ?? `${invitedSentence(invited)}.`}
        </span>
        <Group gap="xs" justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button
            type="submit"
            disabled={problem !== null}
            loading={invite.isPending}
            title="Ctrl Enter"
            data-testid="invite-make"
          >
            {invited.length > 1 ? 'Make the links' : 'Make the link'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
