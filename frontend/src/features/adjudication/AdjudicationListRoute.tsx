/** `/p/:slug/adjudicate`: the cases whose reads differ, with what differs, and the next one by one button. */
import { Anchor, Button, Select } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';

import { errorMessage } from '../../api/errors';
import { projectQuery } from '../../api/projects';
import type { AdjudicationRow } from '../../api/types';
import { Blank, LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { Notice } from '../../components/messages/Notice';
import { Page } from '../../components/page/Page';
import { Pager } from '../../components/page/Pager';
import { Panel } from '../../components/page/Panel';
import { figures, TableHead } from '../../components/page/TableHead';
import { StateMark, type Tone } from '../../components/messages/StateMark';
import { useCursor } from '../../hooks/useCursor';
import { adjudicationsQuery, nextAdjudication } from './api/adjudications';

const STATES: { value: AdjudicationRow['state']; label: string; tone: Tone }[] = [
  { value: 'open', label: 'waiting', tone: 'warn' },
  { value: 'claimed', label: 'being decided', tone: 'busy' },
  { value: 'waiting', label: 'back with a reader', tone: 'idle' },
  { value: 'decided', label: 'decided', tone: 'good' },
  { value: 'resolved', label: 'resolved by the readers', tone: 'good' },
];

export function AdjudicationListRoute() {
  const slug = useParams().slug as string;
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const filter = { finding: search.get('finding'), state: search.get('state') ?? 'open' };
  const list = useCursor(filter);
  const shownState = filter.state === 'all' ? null : filter.state;
  const cases = useQuery({
    ...adjudicationsQuery(slug, { ...filter, state: shownState }, list.cursor),
    placeholderData: keepPreviousData,
  });
  // What she has begun stands above what waits: the list is where she comes back to it.
  const isAtTop = filter.state === 'open' && list.page === 1;
  const begun = useQuery({ ...adjudicationsQuery(slug, { ...filter, state: 'mine' }, null), enabled: isAtTop });
  const rows = [...((isAtTop && begun.data?.results) || []), ...(cases.data?.results ?? [])];
  const findings = useQuery(projectQuery(slug)).data?.schema.findings ?? [];
  const names = new Map(findings.map((finding) => [finding.code, finding.name]));
  const next = useMutation({ mutationFn: () => nextAdjudication(slug) });
  const goToNext = () =>
    // Asked with the click: nobody who has left the list meanwhile is moved.
    next.mutate(undefined, {
      onSuccess: ({ adjudication }) => {
        if (adjudication !== null) void navigate(`/adjudicate/${adjudication.id}`);
      },
    });

  const choose = (name: 'finding' | 'state', value: string | null) => {
    const changed = new URLSearchParams(search);
    if (value === null) changed.delete(name);
    else changed.set(name, value);
    setSearch(changed, { replace: true });
  };

  return (
    <Page
      title="Adjudication"
      lead="Cases whose reads differ on a finding that this project has adjudicated."
      actions={
        <>
          <Select
            size="xs"
            w={170}
            placeholder="All findings"
            aria-label="Finding"
            clearable
            data={findings.map((finding) => ({ value: finding.code, label: finding.name }))}
            value={filter.finding}
            onChange={(value) => choose('finding', value)}
          />
          <Select
            size="xs"
            w={180}
            aria-label="State"
            allowDeselect={false}
            data={[...STATES, { value: 'all', label: 'all' }]}
            value={filter.state}
            onChange={(value) => choose('state', value)}
          />
          <Button size="xs" loading={next.isPending} onClick={goToNext} data-testid="adjudicate-next">
            Adjudicate next case
          </Button>
        </>
      }
    >
      {next.error && <Notice tone="bad">{errorMessage(next.error)}</Notice>}
      {next.data?.adjudication === null && <Notice>No case waits for you now.</Notice>}
      {cases.error && <LoadFailed error={cases.error} onRetry={() => void cases.refetch()} />}
      <Panel flush testId="adjudications">
        {cases.isPending && <LoadingRows rows={8} />}
        {cases.data && rows.length === 0 && (
          <Blank title="Nothing to adjudicate">
            {filter.state === 'open' && filter.finding === null
              ? 'Cases appear here when all reads are in and differ. Your own reads are left to others.'
              : 'Choose another state or finding to see more.'}
          </Blank>
        )}
        {rows.length > 0 && <CaseTable cases={rows} names={names} />}
        <Pager
          page={list.page}
          hasNext={typeof cases.data?.next === 'string'}
          onBack={list.back}
          onNext={() => cases.data?.next && list.next(cases.data.next)}
        />
      </Panel>
    </Page>
  );
}

function CaseTable({ cases, names }: { cases: AdjudicationRow[]; names: Map<string, string> }) {
  return (
    <table className="lh-table">
      <TableHead columns={['Case', 'Finding', 'How they differ', 'State', figures('Age'), 'You can']} />
      <tbody>
        {cases.map((row) => (
          <tr key={row.id} data-testid="adjudication-row">
            <td>
              <Anchor component={Link} to={`/adjudicate/${row.id}`} size="sm" fw={500}>
                {row.label}
              </Anchor>
            </td>
            <td>
              {row.findings.map((finding) => (
                <div key={finding.code}>{names.get(finding.code) ?? finding.code}</div>
              ))}
            </td>
            <td>
              {row.findings.map((finding) => (
                <div key={finding.code}>{gapText(finding)}</div>
              ))}
            </td>
            <td>
              <CaseState state={row.state} />
            </td>
            <td className="lh-num">{ageText(row.age_days)}</td>
            <td className={row.allowed_actions.length === 0 ? 'lh-note' : undefined}>{offer(row)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function CaseState({ state }: { state: AdjudicationRow['state'] }) {
  const found = STATES.find((entry) => entry.value === state);
  return <StateMark tone={found?.tone ?? 'idle'}>{found?.label ?? state}</StateMark>;
}

function gapText({ kind, gap, iou }: AdjudicationRow['findings'][number]): string {
  if (kind === 'value') return gap.replaceAll(':', ' against ');
  return iou === null ? 'place of the marks' : `place of the marks, overlap ${iou.toFixed(2)}`;
}

const OFFERS: Record<string, string> = {
  claim: 'decide it',
  decide: 'go on deciding',
  recall: 'take it back',
  correct: 'correct it',
};

function offer({ allowed_actions }: AdjudicationRow): string {
  return OFFERS[allowed_actions[0] ?? ''] ?? 'look at it';
}

function ageText(days: number): string {
  if (days < 1 / 24) return 'under 1 h';
  return days < 1 ? `${Math.round(days * 24)} h` : `${Math.floor(days)} d`;
}
