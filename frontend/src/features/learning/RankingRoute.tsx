/** The order in force: where each pool case stands, and why. */
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { projectQuery } from '../../api/projects';
import type { Finding } from '../../api/types';
import { Blank, LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { CaseLink } from '../../components/page/CaseLink';
import { Notice } from '../../components/messages/Notice';
import { Page } from '../../components/page/Page';
import { Pager } from '../../components/page/Pager';
import { Panel } from '../../components/page/Panel';
import { figures, TableHead } from '../../components/page/TableHead';
import { useCursor } from '../../hooks/useCursor';
import { ago, count, decimal, plural } from '../../lib/format';
import { learningQuery, rankingQuery, type RankedCase, type RankingPage } from './api/learning';

const WHY: Record<RankedCase['why'], string> = {
  uncertainty: 'The model is unsure.',
  diversity: 'Unlike what was read before.',
  random: 'Drawn at random, as a control.',
  duplicate: 'Looks like a case above; last.',
  rest: 'After the chosen batches, by score.',
  unscored: 'No image the model can score; random place.',
};

const ACTION: Record<RankedCase['action'], string> = { read_new: 'Read it new' };

export function RankingRoute() {
  const slug = useParams().slug as string;
  const list = useCursor();
  const page = useQuery({ ...rankingQuery(slug, list.cursor), placeholderData: keepPreviousData });
  const queue = useQuery(learningQuery(slug)).data?.queue;
  const findings = useQuery(projectQuery(slug)).data?.schema.findings ?? [];
  const next = page.data?.next ?? null;
  return (
    <Page
      title="Ranking of the pool"
      lead={page.data && rankingLead(page.data)}
      actions={
        <Button component={Link} to={`/p/${slug}/learning`} size="xs" variant="default">
          Learning
        </Button>
      }
    >
      <div style={{ display: 'grid', gap: 14 }}>
        {queue?.stale && <Notice tone="warn">{queue.message}</Notice>}
        {page.error && <LoadFailed error={page.error} onRetry={() => void page.refetch()} />}
        <Panel flush testId="ranking">
          {page.isPending && <LoadingRows rows={10} />}
          {page.data?.ranking === null && (
            <Blank title="No ranking in force" testId="ranking-none">
              {queue?.message ?? 'Cases come in random order.'}
            </Blank>
          )}
          {page.data && page.data.ranking !== null && <RankingTable slug={slug} rows={page.data.results} findings={findings} />}
          <Pager
            page={list.page}
            hasNext={next !== null}
            onBack={list.back}
            onNext={() => next !== null && list.next(next)}
          />
        </Panel>
      </div>
    </Page>
  );
}

function rankingLead({ ranking }: RankingPage): string {
  if (ranking === null) return 'Readers get the cases in a seeded random order.';
  return `${plural(ranking.n_cases, 'case')} by model ${ranking.model_number}, ${ranking.acquisition}, published ${ago(ranking.created_at)}. Validation and test cases are never ranked.`;
}

function RankingTable({ slug, rows, findings }: { slug: string; rows: RankedCase[]; findings: Finding[] }) {
  return (
    <table className="lh-table">
      <TableHead
        columns={[
          figures('Place'),
          'Case',
          'What to do',
          'Why it is here',
          figures('Score'),
          ...findings.map(({ code, name }) => figures(`p(${name})`, code)),
          'State',
        ]}
      />
      <tbody>
        {rows.map((row) => (
          <tr key={row.position} data-testid={`ranked-${row.position}`} data-case={row.case}>
            <td className="lh-num">{count(row.position)}</td>
            <td className="lh-nowrap">
              <CaseLink slug={slug} label={row.label} />
            </td>
            <td>{ACTION[row.action]}</td>
            <td>
              <strong style={{ fontWeight: 600 }}>{row.why}</strong> <span className="lh-note">{WHY[row.why]}</span>
            </td>
            <td className="lh-num">{decimal(row.score, 3)}</td>
            {findings.map((finding) => (
              <td key={finding.code} className="lh-num">
                {decimal(row.probabilities[finding.code])}
              </td>
            ))}
            <td className="lh-note">{row.is_open ? 'waiting' : 'begun'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
