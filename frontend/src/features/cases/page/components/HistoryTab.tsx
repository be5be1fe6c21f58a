/** The audit rows of the case: who did what, newest first. */
import { useQuery } from '@tanstack/react-query';

import { LoadFailed, LoadingRows } from '../../../../components/messages/Blank';
import { dateTime, words } from '../../../../lib/format';
import { caseHistoryQuery, type CaseEvent } from '../api/case';
import classes from './case.module.css';

export function HistoryTab({ caseId }: { caseId: string }) {
  const history = useQuery(caseHistoryQuery(caseId));
  return (
    <section className={classes.part} data-testid="case-history">
      {history.isPending && <LoadingRows rows={6} />}
      {history.error && <LoadFailed error={history.error} onRetry={() => void history.refetch()} />}
      {history.data && (
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Who</th>
              <th scope="col">What</th>
            </tr>
          </thead>
          <tbody>
            {history.data.results.map((event) => (
              <tr key={event.id}>
                <td>{dateTime(event.at)}</td>
                <td>{event.actor ?? <small>LabelHub</small>}</td>
                <td>{eventText(event)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** `case_version.sealed` as `Case version sealed`. */
function eventText(event: CaseEvent): string {
  const version = event.data.version;
  return words(event.action.replaceAll('.', ' ')) + (typeof version === 'number' ? `, version ${version}` : '');
}
