/** A manager says that two cases are of one person. She sees what follows before anything changes. */
import { Button, Group, NumberInput, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { LoadingRows } from '../../../components/messages/Blank';
import { Notice } from '../../../components/messages/Notice';
import { Panel } from '../../../components/page/Panel';
import { Refused } from '../../../components/messages/Refused';
import { TableHead } from '../../../components/page/TableHead';
import { plural } from '../../../lib/format';
import { joiningQuery, useJoinPatients, type Asked, type Joining, type Keep } from '../api/joining';

interface JoinPatientsProps {
  caseId: string;
  label: string;
}

export function JoinPatients({ caseId, label }: JoinPatientsProps) {
  const [number, setNumber] = useState<number | string>('');
  const [asked, setAsked] = useState<Asked | null>(null);
  const preview = useQuery(joiningQuery(caseId, asked));
  const join = useJoinPatients(caseId);
  const look = (keep: Keep) => {
    join.reset();
    if (typeof number === 'number') setAsked({ sameAs: number, keep });
  };

  return (
    <Panel title="Patient" testId="join-patients">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          look('this');
        }}
      >
        <Group align="flex-end" gap="xs">
          <NumberInput
            size="xs"
            w={260}
            label={`${label} shows the same person as case`}
            min={1}
            allowDecimal={false}
            value={number}
            onChange={(value) => {
              setNumber(value);
              setAsked(null);
              join.reset();
            }}
            data-testid="join-number"
          />
          <Button type="submit" size="xs" variant="default" disabled={typeof number !== 'number'} data-testid="join-look">
            Show what follows
          </Button>
        </Group>
      </form>
      {asked !== null && !join.isSuccess && (
        <div style={{ display: 'grid', gap: 10, marginTop: 12 }}>
          {preview.isPending && <LoadingRows rows={2} />}
          {preview.error && <Refused error={preview.error} />}
          {preview.data && (
            <>
              <SegmentedControl
                size="xs"
                aria-label="Whose split the person keeps"
                value={asked.keep}
                onChange={(keep) => look(keep as Keep)}
                data={[
                  { value: 'this', label: `Keep the split of ${label}` },
                  { value: 'other', label: `Keep that of Case ${asked.sameAs}` },
                ]}
              />
              <Follows joining={preview.data} />
              <Button
                size="xs"
                w="fit-content"
                color={preview.data.excluded.length > 0 ? 'red.9' : undefined}
                loading={join.isPending}
                onClick={() => join.mutate({ ...asked, split: preview.data.split, excluded: preview.data.excluded })}
                data-testid="join-confirm"
              >
                {preview.data.excluded.length > 0
                  ? `Join the patients and exclude ${plural(preview.data.excluded.length, 'case')}`
                  : 'Join the patients'}
              </Button>
            </>
          )}
          {join.error && <Refused error={join.error} />}
        </div>
      )}
      {join.isSuccess && (
        <Notice testId="join-done">
          Both are one patient now. {join.data.excluded.length > 0 && `${plural(join.data.excluded.length, 'case')} excluded.`}
        </Notice>
      )}
    </Panel>
  );
}

function Follows({ joining }: { joining: Joining }) {
  return (
    <>
      {joining.contradicts && (
        <Notice tone="warn">
          Their sex, birth date or ages cannot be those of one person. Join them only if you know better.
        </Notice>
      )}
      <table className="lh-table" data-testid="join-preview">
        <TableHead columns={['Case', 'Split', 'What follows']} />
        <tbody>
          {joining.kept.map((label) => (
            <tr key={label}>
              <td>{label}</td>
              <td>{joining.split}</td>
              <td>stays as it is</td>
            </tr>
          ))}
          {joining.moved.map((each) => (
            <tr key={each.label}>
              <td>{each.label}</td>
              <td>{each.split_before}</td>
              <td>{effect(each)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function effect(each: Joining['moved'][number]): string {
  if (each.split === each.split_before) return 'stays in its split';
  if (each.split === 'excluded') return 'excluded: it was begun in another split. Its reads stay; it is not offered, trained on or measured';
  return `moves to ${each.split}: nobody has opened it`;
}
