/** The reader's own cases: begun, sent back, submitted. */
import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import type { OpenCase, ReturnedCase, SubmittedCase } from '../../../api/worklist';
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

export function SubmittedCases({ cases }: { cases: SubmittedCase[] }) {
  return (
    <CaseTable columns={['Case', 'Submitted', 'Version']}>
      {cases.map((each) => (
        <tr key={each.id} data-testid={`submitted-case-${each.id}`}>
          <td>{each.label}</td>
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
      <thead>
        <tr>
          {columns.map((name) => (
            <th scope="col" key={name}>
              {name}
            </th>
          ))}
          <th scope="col">
            <span className="lh-hidden">Actions</span>
          </th>
        </tr>
      </thead>
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
