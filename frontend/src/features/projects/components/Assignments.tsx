/** Reads that came too late, and cases that readers hold open now. */
import { Button } from '@mantine/core';

import type { LateReadRow, OpenAssignmentRow } from '../../../api/dashboard';
import { Blank } from '../../../components/messages/Blank';
import { CaseLink } from '../../../components/page/CaseLink';
import { Refused } from '../../../components/messages/Refused';
import { StateMark } from '../../../components/messages/StateMark';
import { ReaderOfCase } from '../../../components/page/ReaderOfCase';
import { TableHead, untitled } from '../../../components/page/TableHead';
import { dateTime } from '../../../lib/format';
import { useManagerAction } from '../api/actions';

export function LateReadsPanel({ slug, reads }: { slug: string; reads: LateReadRow[] }) {
  const act = useManagerAction(slug);
  if (reads.length === 0) {
    return (
      <Blank title="No late reads">
        A read that arrives after its slot was given to somebody else is kept here, never dropped.
      </Blank>
    );
  }
  return (
    <>
      {act.isError && <Refused error={act.error} />}
      <table className="lh-table">
        <TableHead columns={['Case', 'Reader', 'Arrived', untitled('Accept')]} />
        <tbody>
          {reads.map((read) => (
            <tr key={read.id} data-testid={`late-read-${read.id}`}>
              <td className="lh-nowrap">
                <CaseLink slug={slug} label={read.label} />
              </td>
              <td>
                <ReaderOfCase name={read.reader} position={read.reader_position} />
              </td>
              <td>
                {dateTime(read.submitted_at)}
                {read.has_seen && (
                  <div>
                    <StateMark tone="warn">has seen others’ reads of it</StateMark>
                  </div>
                )}
              </td>
              <td className="lh-num">
                {read.accepted_at === null ? (
                  <Button
                    size="compact-sm"
                    variant="default"
                    loading={act.isPending && act.variables.id === read.id}
                    onClick={() => act.mutate({ kind: 'late-read-accept', id: read.id })}
                    data-testid={`late-read-accept-${read.id}`}
                  >
                    Accept into the count
                  </Button>
                ) : (
                  <span className="lh-note">accepted {dateTime(read.accepted_at)}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

export function OpenAssignmentsPanel({ slug, assignments }: { slug: string; assignments: OpenAssignmentRow[] }) {
  const act = useManagerAction(slug);
  if (assignments.length === 0) return <Blank title="Nobody is reading now">Open cases and their leases show here.</Blank>;
  return (
    <>
      {act.isError && <Refused error={act.error} />}
      <table className="lh-table">
        <TableHead columns={['Case', 'Reader', 'Opened', 'Held until', untitled('Release')]} />
        <tbody>
          {assignments.map((each) => (
            <tr key={each.id}>
              <td className="lh-nowrap">
                <CaseLink slug={slug} label={each.label} />
              </td>
              <td>
                <ReaderOfCase name={each.reader} position={each.reader_position} />
              </td>
              <td>{each.opened_at === null ? <span className="lh-note">reserved ahead</span> : dateTime(each.opened_at)}</td>
              <td>{dateTime(each.lease_until)}</td>
              <td className="lh-num">
                <Button
                  size="compact-sm"
                  variant="default"
                  loading={act.isPending && act.variables.id === each.id}
                  onClick={() => act.mutate({ kind: 'assignment-release', id: each.id })}
                  data-testid={`release-${each.id}`}
                >
                  Release
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
