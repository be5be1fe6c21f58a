/** The cases that a person has open, reserved or sent back: taken from her, or handed to another reader. */
import { Button, Group, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { isHere, type Member } from '../../../api/members';
import { LoadFailed, LoadingRows } from '../../../components/messages/Blank';
import { Refused } from '../../../components/messages/Refused';
import { CaseLink } from '../../../components/page/CaseLink';
import { TableHead, untitled } from '../../../components/page/TableHead';
import { ago, dateTime, NOTHING } from '../../../lib/format';
import { memberWorkQuery, useWorkChange, type AdjudicationInHand, type CaseInHand } from '../api/work';

interface WorkInHandProps {
  slug: string;
  member: Member;
  members: Member[];
  isArchived: boolean;
}

type Change = ReturnType<typeof useWorkChange>;

export function WorkInHand({ slug, member, members, isArchived }: WorkInHandProps) {
  const work = useQuery(memberWorkQuery(slug, member.user.id));
  const change = useWorkChange(slug);
  if (work.error) return <LoadFailed error={work.error} onRetry={() => void work.refetch()} />;
  if (work.data === undefined) return <LoadingRows rows={2} />;
  const { cases, adjudications, is_more } = work.data;
  const others = members.filter((each) => each.user.id !== member.user.id && each.roles.includes('reader') && isHere(each));
  return (
    <Stack gap={10}>
      {change.isError && <Refused error={change.error} />}
      {cases.length + adjudications.length === 0 && <span className="lh-note">Nothing.</span>}
      {cases.length > 0 && (
        <table className="lh-table" data-testid="cases-in-hand">
          <TableHead columns={['Case', 'Her number', 'State', 'Since', 'Draft saved', untitled('Actions')]} />
          <tbody>
            {cases.map((each) => (
              <CaseRow key={each.id} slug={slug} of={each} others={others} change={change} isArchived={isArchived} />
            ))}
          </tbody>
        </table>
      )}
      {!isArchived && cases.filter(({ is_assigned, state }) => is_assigned && state === 'reserved').length > 1 && (
        <Group justify="flex-end">
          <Button
            size="compact-xs"
            variant="default"
            loading={change.isPending && change.variables.kind === 'withdraw'}
            onClick={() => change.mutate({ kind: 'withdraw', user: member.user.id })}
            data-testid="withdraw-assigned"
          >
            Take back all that were chosen for her
          </Button>
        </Group>
      )}
      {is_more && <span className="lh-note">Only the hundred that she has had longest are shown.</span>}
      {adjudications.length > 0 && (
        <table className="lh-table" data-testid="adjudications-in-hand">
          <TableHead columns={['Deciding', 'Hers until', untitled('Actions')]} />
          <tbody>
            {adjudications.map((each) => (
              <AdjudicationRow key={each.id} slug={slug} of={each} change={change} isArchived={isArchived} />
            ))}
          </tbody>
        </table>
      )}
    </Stack>
  );
}

interface CaseRowProps {
  slug: string;
  of: CaseInHand;
  others: Member[];
  change: Change;
  isArchived: boolean;
}

function CaseRow({ slug, of, others, change, isArchived }: CaseRowProps) {
  const [isHanding, setHanding] = useState(false);
  const may = (action: CaseInHand['allowed_actions'][number]) => !isArchived && of.allowed_actions.includes(action);
  return (
    <tr data-testid="case-in-hand">
      <td>
        <CaseLink slug={slug} label={of.label} />
        {of.round > 1 && <span className="lh-note">{`, round ${of.round}`}</span>}
      </td>
      <td>{of.reader_position}</td>
      <td>{stateSentence(of)}</td>
      <td>{ago(of.since)}</td>
      <td>{of.draft_saved_at === null ? NOTHING : ago(of.draft_saved_at)}</td>
      <td className="lh-num">
        {isHanding ? (
          <HandOver of={of} others={others} change={change} onLeave={() => setHanding(false)} />
        ) : (
          <Group gap={6} justify="flex-end" wrap="nowrap">
            {may('hand_over') && (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`Hand over ${of.label}`}
                onClick={() => setHanding(true)}
                data-testid="hand-over"
              >
                Hand over …
              </Button>
            )}
            {may('release') && (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`Take back ${of.label}`}
                loading={change.isPending && change.variables.kind === 'release' && change.variables.assignment === of.id}
                onClick={() => change.mutate({ kind: 'release', assignment: of.id })}
                data-testid="release"
              >
                Take back
              </Button>
            )}
          </Group>
        )}
      </td>
    </tr>
  );
}

interface HandOverProps {
  of: CaseInHand;
  others: Member[];
  change: Change;
  onLeave: () => void;
}

function HandOver({ of, others, change, onLeave }: HandOverProps) {
  const [reader, setReader] = useState<string | null>(null);
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <Select
        size="xs"
        w={190}
        aria-label={`Who gets ${of.label}`}
        placeholder="to which reader"
        data={others.map(({ user }) => ({ value: user.id, label: user.display_name }))}
        value={reader}
        onChange={setReader}
        searchable
        autoFocus
        nothingFoundMessage="No other reader is here"
        data-testid="hand-over-to"
      />
      <Button
        size="compact-xs"
        disabled={reader === null}
        loading={change.isPending}
        onClick={() => reader !== null && change.mutate({ kind: 'hand_over', assignment: of.id, reader })}
        data-testid="hand-over-now"
      >
        Hand over
      </Button>
      <Button size="compact-xs" variant="default" onClick={onLeave}>
        Leave it
      </Button>
    </Group>
  );
}

interface AdjudicationRowProps {
  slug: string;
  of: AdjudicationInHand;
  change: Change;
  isArchived: boolean;
}

function AdjudicationRow({ slug, of, change, isArchived }: AdjudicationRowProps) {
  return (
    <tr data-testid="adjudication-in-hand">
      <td>
        <CaseLink slug={slug} label={of.label} />
      </td>
      <td>{dateTime(of.lease_until)}</td>
      <td className="lh-num">
        {!isArchived && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Take back the decision on ${of.label}`}
            loading={change.isPending}
            onClick={() => change.mutate({ kind: 'release_adjudication', adjudication: of.id })}
            data-testid="release-adjudication"
          >
            Take back
          </Button>
        )}
      </td>
    </tr>
  );
}

function stateSentence({ state, is_assigned }: CaseInHand): string {
  if (state === 'returned') return 'sent back to her; an adjudicator takes it back';
  if (state === 'reserved') return is_assigned ? 'chosen for her, not opened yet' : 'reserved, not opened yet';
  return 'open';
}
