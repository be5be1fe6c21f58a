/** What a manager does with the case from its page: exclude it, have it read first, correct it; and what was corrected. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { LoadFailed } from '../../../../components/messages/Blank';
import { dateTime, words } from '../../../../lib/format';
import { correctionsQuery } from '../../api/corrections';
import { BringBackDialog } from '../../components/BringBackDialog';
import { CorrectCaseDialog } from '../../components/CorrectCaseDialog';
import { ExcludeDialog } from '../../components/ExcludeDialog';
import { ReadFirstDialog } from '../../components/ReadFirstDialog';
import type { CasePage } from '../api/case';
import classes from './case.module.css';

type Shown = 'exclude' | 'bringBack' | 'readFirst' | 'correct' | null;

export function Corrections({ slug, page, mayCorrect }: { slug: string; page: CasePage; mayCorrect: boolean }) {
  const [shown, setShown] = useState<Shown>(null);
  const made = useQuery(correctionsQuery(page.id));
  const chosen = { id: page.id, label: page.label };
  const dialog = { slug, cases: [chosen], onDone: () => setShown(null), onClose: () => setShown(null) };
  const rows = made.data?.results ?? [];
  if (!mayCorrect && made.isSuccess && rows.length === 0 && page.exclusion === null) return null;
  return (
    <section className={classes.part} data-testid="case-corrections">
      <h2>Corrections</h2>
      {page.exclusion !== null && (
        <p>
          Excluded by {page.exclusion.excluded_by}: “{page.exclusion.reason}”{' '}
          <small>{dateTime(page.exclusion.excluded_at)}</small>
        </p>
      )}
      {made.error && <LoadFailed error={made.error} onRetry={() => void made.refetch()} />}
      {rows.map((row) => (
        <p key={row.id}>
          {words(row.kind)} by {row.made_by}: “{row.reason}” <small>{dateTime(row.made_at)}</small>
        </p>
      ))}
      {mayCorrect && (
        <div className={classes.actions}>
          {page.split === 'excluded' ? (
            <Action name="Bring back…" onClick={() => setShown('bringBack')} />
          ) : (
            <>
              <Action name="Correct…" onClick={() => setShown('correct')} />
              <Action name="Read first…" onClick={() => setShown('readFirst')} />
              <Action name="Exclude…" onClick={() => setShown('exclude')} />
            </>
          )}
        </div>
      )}
      {shown === 'exclude' && <ExcludeDialog {...dialog} />}
      {shown === 'bringBack' && <BringBackDialog {...dialog} />}
      {shown === 'readFirst' && <ReadFirstDialog {...dialog} />}
      {shown === 'correct' && (
        <CorrectCaseDialog chosen={chosen} onDone={() => setShown(null)} onClose={() => setShown(null)} />
      )}
    </section>
  );
}

function Action({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <button type="button" className="ws-quiet" onClick={onClick}>
      {name}
    </button>
  );
}
