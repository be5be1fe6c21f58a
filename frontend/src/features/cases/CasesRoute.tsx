/** All cases of a project: a list that is searched, narrowed and sorted, as a table or as a sheet of pictures. */
import { Button, Group, SegmentedControl, Select, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import { Link, useParams } from 'react-router';

import { membersQuery } from '../../api/members';
import { projectQuery } from '../../api/projects';
import type { ProjectRef } from '../../api/types';
import { Blank, LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { Notice } from '../../components/messages/Notice';
import { Page } from '../../components/page/Page';
import { Pager } from '../../components/page/Pager';
import { Panel } from '../../components/page/Panel';
import { usePageSession } from '../../hooks/usePageSession';
import { caseChoicesQuery, caseCountQuery, casesQuery, type CaseRow } from './api/cases';
import { type Asked, BY_NUMBER, BY_SCORE, isNarrowed, narrowed, tellsOutcomes, withoutOutcomes } from './asked';
import classes from './cases.module.css';
import { BulkBar } from './components/BulkBar';
import { CasesTable } from './components/CasesTable';
import { ContactSheet } from './components/ContactSheet';
import { FiltersPopover } from './components/FiltersPopover';
import { ListLine } from './components/ListLine';
import { SavedFilters } from './components/SavedFilters';
import { SearchBox } from './components/SearchBox';
import { WhyDrawer } from './components/WhyDrawer';
import { useAsked } from './hooks/useAsked';
import { useListKeys } from './hooks/useListKeys';
import { useTicks } from './hooks/useTicks';
import { ORDERS, type Names } from './sentences';

const NO_CASES: CaseRow[] = [];

export function CasesRoute() {
  const slug = useParams().slug as string;
  const { projects, user } = usePageSession();
  const project = projects.find((each) => each.slug === slug);
  // What was ticked and shown of one project is nothing of the next.
  return project === undefined ? null : <CasesPage key={slug} project={project} person={user.id} />;
}

function CasesPage({ project, person }: { project: ProjectRef; person: string }) {
  const { slug, roles } = project;
  const reads = roles.includes('reader');
  const isManager = roles.includes('manager');
  const mayChange = isManager && project.archived_at === null;
  const { asked, ask, show, next, back } = useAsked(reads);
  // Once in a visit: an address that somebody sent her, or a saved filter, would cost her the cases as well.
  const [isAgreed, setAgreed] = useState(false);
  const isTold = asked.hasOutcomes || tellsOutcomes(asked);
  const isAsking = reads && isTold && !isAgreed;
  const list = useQuery({
    ...casesQuery(slug, asked),
    enabled: !isAsking,
    // What was shown stands until the next page is there; a page of the table is none of the sheet.
    placeholderData: (before, query) => (query?.queryKey[2] === asked.isSheet ? before : undefined),
  });
  const counted = useQuery({ ...caseCountQuery(slug, asked.filter), enabled: !isAsking }).data;
  const choices = useQuery(caseChoicesQuery(slug)).data;
  const names = useNames(slug, isManager);
  const cases = list.data?.results ?? NO_CASES;
  const { ticks, tick, tickAll, clear } = useTicks(`${person}/${slug}`, cases);
  const [opened, setOpened] = useState<string | null>(null);
  const open = useCallback((id: string) => setOpened(id), []);
  const listed = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useListKeys({ list: listed, search, onOpen: open, isEnabled: opened === null });
  const view = { slug, cases, hasScores: !reads, findings: names.findings, ticks, onTick: tick, onTickAll: tickAll, onOpen: open };
  const nextCursor = list.data?.next ?? null;

  return (
    <Page title="Cases" lead="A patient’s cases stay in one split, drawn at import. Test cases are never scored for the order.">
      <div className={classes.bar}>
        <SearchBox
          key={asked.filter.find}
          found={asked.filter.find ?? ''}
          field={search}
          onFind={(text) => ask({ filter: narrowed(asked.filter, 'find', text) })}
        />
        <FiltersPopover
          filter={asked.filter}
          names={names}
          sites={choices?.sites ?? []}
          views={choices?.views ?? []}
          reads={reads}
          onChange={(filter) => ask({ filter })}
        />
        <Select
          size="xs"
          w={210}
          aria-label="Order of the list"
          data={reads ? ORDERS.filter(({ value }) => value !== BY_SCORE) : ORDERS}
          value={asked.order}
          allowDeselect={false}
          onChange={(order) => order !== null && ask({ order })}
          data-testid="cases-order"
        />
        <SavedFilters slug={slug} asked={asked} onChoose={ask} maySave={mayChange} />
        <div className={classes.barSide}>
          <Switch
            size="xs"
            label="Outcomes"
            checked={asked.hasOutcomes}
            onChange={(event) => show({ hasOutcomes: event.currentTarget.checked })}
            data-testid="outcomes"
          />
          <SegmentedControl
            size="xs"
            aria-label="View"
            data={[
              { value: 'table', label: 'Table' },
              { value: 'sheet', label: 'Sheet' },
            ]}
            value={asked.isSheet ? 'sheet' : 'table'}
            onChange={(value) => ask({ isSheet: value === 'sheet' })}
            data-testid="cases-view"
          />
        </div>
      </div>
      <ListLine
        asked={asked}
        names={names}
        counted={counted}
        foundBy={list.data?.found_by ?? null}
        onFilter={(filter) => ask({ filter })}
      />
      {reads && (
        <Cost
          isTold={isTold}
          isAsking={isAsking}
          onAgree={() => setAgreed(true)}
          onHide={() => ask({ filter: withoutOutcomes(asked.filter), order: BY_NUMBER, hasOutcomes: false })}
        />
      )}
      {list.error && <LoadFailed error={list.error} onRetry={() => void list.refetch()} />}
      {!list.error && !isAsking && (
        <Panel flush testId="cases">
          <div ref={listed} aria-busy={list.isPlaceholderData} style={{ opacity: list.isPlaceholderData ? 0.6 : undefined }}>
            {list.isPending && <LoadingRows rows={12} />}
            {list.data?.results.length === 0 && <NoCases slug={slug} asked={asked} mayImport={mayChange} />}
            {cases.length > 0 && !asked.isSheet && (
              <CasesTable
                {...view}
                asked={asked}
                onOrder={(order) => ask({ order })}
                hasSites={(choices?.sites.length ?? 0) > 0}
                opened={opened}
                mayAccept={mayChange}
              />
            )}
            {cases.length > 0 && asked.isSheet && (
              <ContactSheet {...view} under={asked.under} hasLabels={asked.hasOutcomes} onUnder={(under) => show({ under })} />
            )}
          </div>
          <Pager
            page={asked.page}
            hasNext={nextCursor !== null}
            onBack={back}
            onNext={() => nextCursor !== null && next(nextCursor)}
          />
        </Panel>
      )}
      <BulkBar
        slug={slug}
        ticks={ticks}
        shown={cases}
        isManager={isManager}
        mayChange={mayChange}
        reads={reads}
        onClear={clear}
      />
      <WhyDrawer
        caseId={opened}
        page={`/p/${slug}/cases/${cases.find(({ id }) => id === opened)?.number ?? ''}`}
        findings={names.findings}
        mayJoin={mayChange}
        onClose={() => setOpened(null)}
      />
    </Page>
  );
}

/** What is named in filters and rows. Who reads is told to data managers. */
function useNames(slug: string, isManager: boolean): Names {
  const project = useQuery(projectQuery(slug)).data;
  const members = useQuery({ ...membersQuery(slug), enabled: isManager }).data;
  return useMemo(() => {
    const readers = (members?.results ?? []).filter(({ roles }) => roles.includes('reader'));
    return {
      findings: project?.schema.findings ?? [],
      readers: readers.map(({ user }) => ({ value: user.username, label: user.display_name || user.username })),
    };
  }, [project, members]);
}

interface CostProps {
  /** The list shows outcomes, or tells them by what it is narrowed to. */
  isTold: boolean;
  /** She has not said yet that she wants it so. */
  isAsking: boolean;
  onAgree: () => void;
  onHide: () => void;
}

/** What a list that shows or tells outcomes costs one who reads. */
function Cost({ isTold, isAsking, onAgree, onHide }: CostProps) {
  const choice = (
    <Group gap={8} wrap="nowrap">
      <Button size="xs" variant="default" onClick={onHide}>
        Keep them hidden
      </Button>
      <Button size="xs" onClick={onAgree} data-testid="outcomes-agree">
        Show this list
      </Button>
    </Group>
  );
  return (
    <div style={{ marginBottom: 8 }}>
      {isTold ? (
        <Notice tone="warn" testId="outcomes-cost" side={isAsking ? choice : undefined}>
          You read in this project. Cases whose outcome you are shown are never offered to you.
        </Notice>
      ) : (
        <span className="lh-note" data-testid="outcomes-cost">
          Outcomes are hidden, since you read in this project: cases whose outcome you are shown are never offered to you.
        </span>
      )}
    </div>
  );
}

function NoCases({ slug, asked, mayImport }: { slug: string; asked: Asked; mayImport: boolean }) {
  if (isNarrowed(asked.filter)) return <Blank title="No such case">Take a filter away, or clear them all to see every case.</Blank>;
  if (asked.order !== 'number' && asked.order !== '-number') {
    return <Blank title="No case has what this order goes by">Choose another order to see all cases.</Blank>;
  }
  return (
    <Blank title="No cases yet">
      Images make the first cases. {mayImport && <Link to={`/p/${slug}/imports`}>Import images</Link>}
    </Blank>
  );
}
