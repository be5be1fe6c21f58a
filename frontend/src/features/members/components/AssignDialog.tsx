/** Giving chosen cases to chosen readers: numbers and names, what would come of it, then what came of it. */
import { Button, Group, MultiSelect, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import { isHere, type Member } from '../../../api/members';
import { Dialog } from '../../../components/dialogs/Dialog';
import { Refused } from '../../../components/messages/Refused';
import { caseNumbers } from '../../../lib/caseNumbers';
import { plural } from '../../../lib/format';
import { assigningPreviewQuery, useAssign, type Choosing, type GivenToReader } from '../api/assigning';
import { GivenTable } from './GivenTable';

const NONE: Choosing = { numbers: [], readers: [] };

export function AssignDialog({ slug, members, onClose }: { slug: string; members: Member[]; onClose: () => void }) {
  const assign = useAssign(slug);
  if (assign.isSuccess) {
    return (
      <Dialog title="Given out" opened onClose={onClose} size={720} testId="assigned">
        <Stack gap={14}>
          <GivenTable given={assign.data.results} />
          <Group justify="flex-end">
            <Button onClick={onClose} data-testid="assigned-done" data-autofocus>
              Done
            </Button>
          </Group>
        </Stack>
      </Dialog>
    );
  }
  return (
    <Dialog title="Give cases to readers" opened onClose={onClose} size={720} testId="assign-dialog">
      <AssignForm slug={slug} members={members} assign={assign} onCancel={onClose} />
    </Dialog>
  );
}

interface AssignFormProps {
  slug: string;
  members: Member[];
  assign: ReturnType<typeof useAssign>;
  onCancel: () => void;
}

function AssignForm({ slug, members, assign, onCancel }: AssignFormProps) {
  const [text, setText] = useState('');
  const [readers, setReaders] = useState<string[]>([]);
  const numbers = caseNumbers(text) ?? [];
  const [settled] = useDebouncedValue(text, 300);
  const isWhole = numbers.length > 0 && readers.length > 0;
  const preview = useQuery({
    ...assigningPreviewQuery(slug, isWhole ? { numbers, readers } : NONE),
    enabled: isWhole && settled === text,
    placeholderData: keepPreviousData,
  });
  const isReady = isWhole && preview.isSuccess && !preview.isPlaceholderData;
  const n = isReady ? nGiven(preview.data.results) : 0;
  // While it is counted anew, what was counted before stays.
  const given = isWhole ? (preview.data?.results ?? []) : [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (n > 0 && !assign.isPending) assign.mutate({ numbers, readers });
  };
  const people = members.filter((each) => each.roles.includes('reader') && isHere(each));
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <TextInput
          label="Numbers of cases"
          placeholder="1-20, 35"
          value={text}
          error={text.trim() !== '' && numbers.length === 0 ? 'Write numbers and ranges such as 1-20, 35.' : null}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
          data-testid="assign-numbers"
        />
        <MultiSelect
          label="Readers"
          description="Where a case asks for fewer, the first of them get it."
          data={people.map(({ user }) => ({ value: user.id, label: user.display_name }))}
          value={readers}
          onChange={setReaders}
          searchable
          clearable
          data-testid="assign-readers"
        />
        {preview.isError && isWhole && <Refused error={preview.error} />}
        {assign.isError && <Refused error={assign.error} />}
        {given.length > 0 && <GivenTable given={given} />}
        <span className="lh-note">
          Each reader is offered hers before all that is new, and nobody else gets them in her place. What she has not opened
          after 30 days goes back.
        </span>
        <span aria-live="polite" data-testid="assign-summary">
          {isReady && (n === 0 ? 'None of these can be given.' : `${plural(n, 'read')} will be given out.`)}
          {isWhole && !isReady && !preview.isError && 'Counting …'}
        </span>
        <Group gap="xs" justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" title="Ctrl Enter" disabled={n === 0} loading={assign.isPending} data-testid="assign-now">
            Give out
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function nGiven(given: GivenToReader[]): number {
  return given.reduce((sum, { numbers }) => sum + numbers.length, 0);
}
