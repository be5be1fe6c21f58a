/** The reader's own cases: begun, sent back, skipped, submitted. */
import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';

import { unskip, type OpenCase, type ReturnedCase, type SkippedCase, type SubmittedCase } from '../../../api/worklist';
import { Refused } from '../../../components/messages/Refused';
import { StateMark } from '../../../components/messages/StateMark';
import { TableHead, untitled } from '../../../components/page/TableHead';
import { dateTime } from '../../../lib/format';

export function ReturnedCases({ cases }: { cases: ReturnedCase[] }) {
  return (
    <CaseTable columns={['Case', 'The question']}>
      {cases.map((each) => (
        <tr key={each.id}>
          <td>{each.label}</td>
          <td>{each.note}</td>
          <td className="lh-num">
            <OpenButton id={each.id} label={each.label} primary>
              Read again
            </OpenButton>
          </td>
        </tr>
      ))}
    </CaseTable>
  );
}

export function OpenCases({ cases }: { cases: OpenCase[] }) {
  return (
    <CaseTable columns={['Case', 'Opened']}>
      {cases.map((each) => (
        <tr key={each.id} data-testid={`open-case-${each.id}`}>
          <td>{each.label}</td>
          <td>{dateTime(each.opened_at)}</td>
          <td className="lh-num">
            <OpenButton id={each.id} label={each.label} primary>
              Go on reading
            </OpenButton>
          </td>
        </tr>
      ))}
    </CaseTable>
  );
}

const SKIP_REASONS: Record<SkippedCase['reason'], string> = {
  not_my_area: 'not my area',
  poor_quality: 'image quality too poor for me',
  conflict: 'I know this patient or case',
  other: 'other',
};

export function SkippedCases({ cases }: { cases: SkippedCase[] }) {
  const navigate = useNavigate();
  const back = useMutation({ mutationFn: (id: string) => unskip(id) });
  return (
    <>
      {back.isError && <Refused error={back.error} />}
      <CaseTable columns={['Case', 'Why']}>
        {cases.map((each) => (
          <tr key={each.id} data-testid={`skipped-case-${each.id}`}>
            <td>{each.label}</td>
            <td>{[SKIP_REASONS[each.reason], each.text].filter(Boolean).join(': ')}</td>
            <td className="lh-num">
              <Button
                size="compact-sm"
                variant="default"
                loading={back.isPending && back.variables === each.id}
                aria-label={`Take back: ${each.label}`}
                onClick={() => back.mutate(each.id, { onSuccess: () => void navigate(`/read/${each.id}`) })}
              >
                Take back
              </Button>
            </td>
          </tr>
        ))}
      </CaseTable>
    </>
  );
}

export function SubmittedCases({ cases }: { cases: SubmittedCase[] }) {
  return (
    <CaseTable columns={['Case', 'Submitted', 'Version']}>
      {cases.map((each) => (
        <tr key={each.id} data-testid={`submitted-case-${each.id}`}>
          <td>
            {each.label} {each.not_readable && <StateMark tone="warn">not readable</StateMark>}{' '}
            {each.urgent && <StateMark tone="bad">urgent</StateMark>}
          </td>
          <td>{dateTime(each.submitted_at)}</td>
          <td>{each.version === 1 ? 'first' : `amended, version ${each.version}`}</td>
          <td className="lh-num">
            <Group gap={6} justify="flex-end" wrap="nowrap">
              {each.closed && (
                <Button
                  component={Link}
                  to={`/read/${each.id}/outcome`}
                  size="compact-sm"
                  variant="default"
                  aria-label={`Outcome of ${each.label}`}
                  data-testid={`outcome-${each.id}`}
                >
                  Outcome
                </Button>
              )}
              <OpenButton id={each.id} label={each.label}>
                Open or amend
              </OpenButton>
            </Group>
          </td>
        </tr>
      ))}
    </CaseTable>
  );
}

/** One row per case; the last column holds its buttons. */
function CaseTable({ columns, children }: { columns: string[]; children: ReactNode }) {
  return (
    <table className="lh-table">
      <TableHead columns={[...columns, untitled('Actions')]} />
      <tbody>{children}</tbody>
    </table>
  );
}

function OpenButton(props: { id: string; label: string; primary?: boolean; children: string }) {
  return (
    <Button
      component={Link}
      to={`/read/${props.id}`}
      size="compact-sm"
      variant={props.primary ? 'filled' : 'default'}
      aria-label={`${props.children}: ${props.label}`}
      data-testid={`open-${props.id}`}
    >
      {props.children}
    </Button>
  );
}
