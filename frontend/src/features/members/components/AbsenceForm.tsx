/** Pausing a person, noting her leave by its days, and having her back. */
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import type { Member } from '../../../api/members';
import { Refused } from '../../../components/messages/Refused';
import { dayText } from '../../../lib/day';
import { absenceSentence, leaveOf } from '../absence';
import { useAbsence } from '../api/people';

const PAUSE = { begins_at: null, ends_at: null };

export function AbsenceForm({ slug, member }: { slug: string; member: Member }) {
  const change = useAbsence(slug, member);
  const { absence } = member;
  return (
    <Stack gap={10}>
      {absence === null ? (
        <>
          <span className="lh-note">
            While she is paused or on leave nothing new is given to her, and what is reserved for her goes back. What she has
            open she may finish.
          </span>
          <Group gap={24} align="flex-end">
            <Leave isPending={change.isPending} onLeave={(leave) => change.mutate(leave)} />
            <Button
              size="xs"
              variant="default"
              loading={change.isPending}
              onClick={() => change.mutate(PAUSE)}
              data-testid="pause"
            >
              Pause now
            </Button>
          </Group>
        </>
      ) : (
        <Group justify="space-between">
          <span data-testid="absence">{`She is ${absenceSentence(absence)}.`}</span>
          <Button
            size="xs"
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate(null)}
            data-testid="absence-end"
          >
            {absence.has_begun ? 'She is back' : 'She stays'}
          </Button>
        </Group>
      )}
      {change.isError && <Refused error={change.error} />}
    </Stack>
  );
}

interface LeaveProps {
  isPending: boolean;
  onLeave: (leave: NonNullable<ReturnType<typeof leaveOf>>) => void;
}

function Leave({ isPending, onLeave }: LeaveProps) {
  const today = dayText(new Date());
  const [first, setFirst] = useState(today);
  const [last, setLast] = useState('');
  const leave = leaveOf(first, last);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (leave !== null && !isPending) onLeave(leave);
  };
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="flex-end">
        <TextInput
          size="xs"
          type="date"
          label="On leave from"
          value={first}
          onChange={(event) => setFirst(event.currentTarget.value)}
          data-testid="leave-first"
        />
        <TextInput
          size="xs"
          type="date"
          label="Last day"
          value={last}
          min={first < today ? today : first}
          onChange={(event) => setLast(event.currentTarget.value)}
          data-testid="leave-last"
        />
        <Button size="xs" type="submit" variant="default" disabled={leave === null} loading={isPending} data-testid="leave-save">
          Note leave
        </Button>
      </Group>
    </form>
  );
}
