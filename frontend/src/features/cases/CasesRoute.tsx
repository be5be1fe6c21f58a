/** All cases of a project, and for one of them: who was offered it, by which rule, with which score. */
import { CloseButton, Select, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams, useSearchParams } from 'react-router';

import { projectQuery } from '../../api/projects';
import { Blank, LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { Page } from '../../components/page/Page';
import { Pager } from '../../components/page/Pager';
import { Panel } from '../../components/page/Panel';
import { useCursor } from '../../hooks/useCursor';
import { casesQuery } from './api/cases';
import { CasesTable } from './components/CasesTable';
import { WhyDrawer } from './components/WhyDrawer';

const NEWEST_FIRST = '-number';
const SPLITS = [
  { value: 'pool', label: 'pool' },
  { value: 'validation', label: 'validation' },
  { value: 'test', label: 'test' },
  { value: 'excluded', label: 'excluded' },
];
const STATES = [
  { value: 'not_begun', label: 'not begun' },
  { value: 'begun', label: 'begun' },
  { value: 'complete', label: 'all reads in' },
  { value: 'closed', label: 'closed' },
];

export function CasesRoute() {
  const slug = useParams().slug as string;
  const [search, setSearch] = useSearchParams();
  const filter = { split: search.get('split'), state: search.get('state'), find: search.get('find'), order: search.get('order') };
  const list = useCursor(filter);
  const [chosen, setChosen] = useState<string | null>(null);
  const cases = useQuery({ ...casesQuery(slug, filter, list.cursor), placeholderData: keepPreviousData });
  const project = useQuery(projectQuery(slug)).data;
  const next = cases.data?.next ?? null;
  const isNewestFirst = filter.order === NEWEST_FIRST;

  const choose = (name: keyof typeof filter, value: string | null) => {
    const changed = new URLSearchParams(search);
    if (!value) changed.delete(name);
    else changed.set(name, value);
    setSearch(changed, { replace: true });
  };

  return (
    <Page
      title="Cases"
      lead="A patient’s cases stay in one split, drawn at import. Test cases are never scored for the order."
      actions={
        <>
          <FindCase key={filter.find} found={filter.find ?? ''} onFind={(text) => choose('find', text)} />
          <Select
            size="xs"
            w={150}
            placeholder="All splits"
            aria-label="Split"
            clearable
            data={SPLITS}
            value={filter.split}
            onChange={(value) => choose('split', value)}
            data-testid="cases-split"
          />
          <Select
            size="xs"
            w={150}
            placeholder="All states"
            aria-label="State"
            clearable
            data={STATES}
            value={filter.state}
            onChange={(value) => choose('state', value)}
            data-testid="cases-state"
          />
        </>
      }
    >
      {cases.error && <LoadFailed error={cases.error} onRetry={() => void cases.refetch()} />}
      <Panel flush testId="cases">
        {cases.isPending && <LoadingRows rows={12} />}
        {cases.data?.results.length === 0 && (
          <Blank title="No such case">
            {filter.split || filter.state || filter.find ? 'Clear the filters to see all cases.' : 'Import images to make the first cases.'}
          </Blank>
        )}
        {cases.data && cases.data.results.length > 0 && (
          <CasesTable
            cases={cases.data.results}
            chosen={chosen}
            onChoose={setChosen}
            isNewestFirst={isNewestFirst}
            onTurn={() => choose('order', isNewestFirst ? null : NEWEST_FIRST)}
          />
        )}
        <Pager page={list.page} hasNext={next !== null} onBack={list.back} onNext={() => next !== null && list.next(next)} />
      </Panel>
      <WhyDrawer
        caseId={chosen}
        findings={project?.schema.findings ?? []}
        mayJoin={project?.roles.includes('manager') ?? false}
        onClose={() => setChosen(null)}
      />
    </Page>
  );
}

/** Finds the case that somebody speaks of. */
function FindCase({ found, onFind }: { found: string; onFind: (text: string) => void }) {
  const [text, setText] = useState(found);
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onFind(text.trim());
      }}
    >
      <TextInput
        size="xs"
        w={250}
        aria-label="Find a case"
        placeholder="Case 17, or a reader’s name and number"
        value={text}
        maxLength={200}
        onChange={(event) => setText(event.currentTarget.value)}
        rightSection={found !== '' && <CloseButton size="xs" aria-label="Show all cases" onClick={() => onFind('')} />}
        data-testid="cases-find"
      />
    </form>
  );
}
