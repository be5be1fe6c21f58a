/** The invitations of a project, newest first: whom for, until when, and what became of each. */
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { roleName } from '../../../api/roles';
import { Blank, LoadFailed, LoadingRows } from '../../../components/messages/Blank';
import { Refused } from '../../../components/messages/Refused';
import { StateMark, type Tone } from '../../../components/messages/StateMark';
import { Pager } from '../../../components/page/Pager';
import { Panel } from '../../../components/page/Panel';
import { TableHead, untitled } from '../../../components/page/TableHead';
import { useCursor } from '../../../hooks/useCursor';
import { dateTime, NOTHING } from '../../../lib/format';
import { invitationsQuery, useWithdraw, type Invitation } from '../api/invitations';

export function InvitationsPanel({ slug }: { slug: string }) {
  const { cursor, page, back, next } = useCursor();
  const { data, error, isPending, refetch } = useQuery({
    ...invitationsQuery(slug, cursor),
    placeholderData: keepPreviousData,
  });
  const withdraw = useWithdraw(slug);
  return (
    <Panel title="Invitations" flush testId="invitations">
      {isPending && <LoadingRows />}
      {error && <LoadFailed error={error} onRetry={() => void refetch()} />}
      {withdraw.isError && <Refused error={withdraw.error} />}
      {data?.results.length === 0 && (
        <Blank title="Nobody has been invited by link">A link lets one person join, with the roles that you choose.</Blank>
      )}
      {data !== undefined && data.results.length > 0 && (
        <InvitationsTable
          invitations={data.results}
          withdrawing={withdraw.isPending ? withdraw.variables : null}
          onWithdraw={(id) => withdraw.mutate(id)}
        />
      )}
      {data !== undefined && (
        <Pager page={page} hasNext={data.next !== null} onBack={back} onNext={() => data.next !== null && next(data.next)} />
      )}
    </Panel>
  );
}

interface InvitationsTableProps {
  invitations: Invitation[];
  withdrawing: string | null;
  onWithdraw: (id: string) => void;
}

function InvitationsTable({ invitations, withdrawing, onWithdraw }: InvitationsTableProps) {
  return (
    <table className="lh-table">
      <TableHead columns={['Whom for', 'Roles', 'Made by', 'Ends', 'State', untitled('Withdraw')]} />
      <tbody>
        {invitations.map((each) => (
          <tr key={each.id} data-testid="invitation-row">
            <td style={{ overflowWrap: 'anywhere' }}>{each.note || NOTHING}</td>
            <td>{each.roles.map(roleName).join(', ')}</td>
            <td>{each.created_by}</td>
            <td>{dateTime(each.expires_at)}</td>
            <td>
              <StateMark tone={TONES[each.state]}>{stateSentence(each)}</StateMark>
            </td>
            <td className="lh-num">
              {each.state === 'open' && (
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={withdrawing === each.id}
                  aria-label={`Withdraw the invitation ${each.note || `of ${dateTime(each.created_at)}`}`}
                  onClick={() => onWithdraw(each.id)}
                  data-testid="invitation-withdraw"
                >
                  Withdraw
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const TONES: Record<Invitation['state'], Tone> = {
  open: 'busy',
  accepted: 'good',
  withdrawn: 'idle',
  expired: 'idle',
  lapsed: 'warn',
};

function stateSentence({ state, accepted_by, accepted_at, created_by }: Invitation): string {
  if (state === 'accepted') return `accepted by ${accepted_by}, ${dateTime(accepted_at)}`;
  if (state === 'lapsed') return `works no longer: ${created_by} is no data manager here`;
  return state;
}
