/** `/p/:slug/cases/:number`: one case with its images, and beside them all that is known of it. */
import '../../../components/workspace/workspace.css';

import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';

import { errorMessage } from '../../../api/errors';
import { projectQuery } from '../../../api/projects';
import type { CaseImage, SessionUser } from '../../../api/types';
import { SignInAgain } from '../../../components/dialogs/SignInAgain';
import { LoadingRows } from '../../../components/messages/Blank';
import { Message } from '../../../components/workspace/Message';
import { useLastingUser } from '../../../hooks/useLastingUser';
import { useOwnSession } from '../../../hooks/useOwnSession';
import { useStateOf } from '../../../hooks/useStateOf';
import { findingName } from '../../../lib/findings';
import type { ShownMark } from '../../../viewer/marks/layer';
import { LookView } from '../../../viewer/LookView';
import { casePageQuery, caseRecordQuery } from './api/case';
import { caseMarks } from './caseMarks';
import { Asked } from './components/Asked';
import classes from './components/case.module.css';
import { FactsTab } from './components/FactsTab';
import { HistoryTab } from './components/HistoryTab';
import { LabelsTab } from './components/LabelsTab';
import { OrderTab } from './components/OrderTab';
import { ReadsTab } from './components/ReadsTab';
import { readersOf } from './readers';

const NO_IMAGES: CaseImage[] = [];
const NO_MARKS: ShownMark[] = [];
const TABS = ['Case', 'Reads', 'Labels', 'Order', 'History'] as const;
/** What these show was said by others. */
const OUTCOME_TABS: readonly string[] = ['Reads', 'Labels', 'History'];
type Tab = (typeof TABS)[number];

export function CaseRoute() {
  const { slug, number } = useParams() as { slug: string; number: string };
  const user = useLastingUser();
  return user === null ? null : <CasePage slug={slug} number={number} user={user} />;
}

function CasePage({ slug, number, user }: { slug: string; number: string; user: SessionUser }) {
  const [search] = useSearchParams();
  const project = useQuery(projectQuery(slug)).data;
  const page = useQuery({
    ...casePageQuery(slug, number, search.get('version')),
    // Another version is of the same case: what was said of it stays.
    placeholderData: (before, query) =>
      query?.queryKey[1] === slug && query.queryKey[2] === number ? before : undefined,
  });
  const own = useOwnSession(user, () => void page.refetch());
  const mayCorrect = project !== undefined && project.roles.includes('manager') && project.archived_at === null;
  const [tab, setTab] = useState<Tab>('Case');
  const caseId = page.data?.id ?? null;
  const isReader = project?.roles.includes('reader') ?? true;
  const [asked, setAsked] = useStateOf(caseId ?? '', false);
  // Whoever does not read here is not asked first: she opens the tab to see it.
  const isLook = asked || (!isReader && OUTCOME_TABS.includes(tab));
  const record = useQuery({ ...caseRecordQuery(caseId ?? ''), enabled: caseId !== null && isLook });
  const [hidden, setHidden] = useStateOf<ReadonlySet<string>>(caseId ?? '', new Set());
  const [finding, setFinding] = useStateOf<string | null>(caseId ?? '', null);
  const readers = useMemo(() => readersOf(record.data?.reads ?? []), [record.data]);
  const marks = useMemo(
    () => (record.data === undefined ? NO_MARKS : caseMarks(record.data, readers, hidden, finding)),
    [record.data, readers, hidden, finding],
  );
  const images = page.data?.images ?? NO_IMAGES;
  const shownId = page.data === undefined ? null : `${page.data.id}/${page.data.shown_version}`;
  const nameOf = (code: string) => findingName(project?.schema.findings ?? [], code);

  const toggle = (assignment: string) => {
    const changed = new Set(hidden);
    if (!changed.delete(assignment)) changed.add(assignment);
    setHidden(changed);
  };
  return (
    <div className="ws" data-testid="case">
      <title>{`${page.data?.label ?? 'Case'} · LabelHub`}</title>
      <header className="ws-top">
        <Link to={`/p/${slug}/cases`}>‹ Cases</Link>
        <span className="ws-top-title" title={project?.name}>
          {project?.name}
        </span>
        <h1 className="ws-dim" style={{ margin: 0, fontSize: 'inherit' }} data-testid="case-label">
          {page.data?.label}
        </h1>
        <span className="ws-push" />
        {project?.roles.includes('manager') && page.data && (
          <Link to={`/p/${slug}/as-reader/${number}`} data-testid="as-reader">
            See as a reader
          </Link>
        )}
        <Neighbour slug={slug} number={page.data?.previous ?? null} name="Previous" />
        <Neighbour slug={slug} number={page.data?.next ?? null} name="Next" />
      </header>
      <div className={`ws-body ${classes.body}`}>
        <LookView
          id="case"
          caseId={shownId}
          images={images}
          marks={marks}
          label={`Image of ${page.data?.label ?? 'the case'}`}
        >
          {page.error !== null && (
            <Message
              title="The case cannot be shown"
              actions={
                <Link className="ws-primary" to={`/p/${slug}/cases`}>
                  All cases
                </Link>
              }
            >
              {errorMessage(page.error)}
            </Message>
          )}
        </LookView>
        <aside className={classes.panel} aria-label="About the case">
          <div className={classes.tabs} role="tablist" aria-label="About the case">
            {TABS.map((each) => (
              <button
                key={each}
                type="button"
                role="tab"
                id={`case-tab-${each}`}
                aria-selected={tab === each}
                aria-controls="case-tab"
                onClick={() => setTab(each)}
                data-testid={`case-tab-${each.toLowerCase()}`}
              >
                {each}
              </button>
            ))}
          </div>
          <div className={classes.tab} role="tabpanel" id="case-tab" aria-labelledby={`case-tab-${tab}`} tabIndex={0}>
            {page.data === undefined && page.error === null && <LoadingRows rows={8} />}
            {page.data && tab === 'Case' && (
              <FactsTab slug={slug} page={page.data} mayCorrect={mayCorrect} />
            )}
            {page.data && tab === 'Order' && <OrderTab page={page.data} nameOf={nameOf} />}
            {page.data && OUTCOME_TABS.includes(tab) && record.data === undefined && (
              <>
                {isLook && record.error === null && <LoadingRows rows={8} />}
                {(!isLook || record.error !== null) && (
                  <Asked
                    isReader={isReader}
                    error={record.error}
                    onAsk={() => (isLook ? void record.refetch() : setAsked(true))}
                  />
                )}
              </>
            )}
            {record.data && tab === 'Reads' && (
              <ReadsTab record={record.data} readers={readers} hidden={hidden} onToggle={toggle} />
            )}
            {record.data && tab === 'Labels' && (
              <LabelsTab record={record.data} chosen={finding} onChoose={setFinding} />
            )}
            {record.data && page.data && tab === 'History' && <HistoryTab caseId={page.data.id} />}
          </div>
        </aside>
      </div>
      <SignInAgain
        opened={own.lost}
        username={user.username}
        other={own.other?.display_name ?? null}
        onSignIn={own.again}
      />
    </div>
  );
}

function Neighbour({ slug, number, name }: { slug: string; number: number | null; name: string }) {
  return number === null ? (
    <span className="ws-dim" aria-disabled>
      {name}
    </span>
  ) : (
    <Link to={`/p/${slug}/cases/${number}`}>{name}</Link>
  );
}
