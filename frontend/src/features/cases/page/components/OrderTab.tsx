/** Why the case is offered when it is: what each ranking said of it, and everybody to whom it was offered. */
import { useQuery } from '@tanstack/react-query';

import { LoadFailed, LoadingRows } from '../../../../components/messages/Blank';
import { dateTime, decimal, words } from '../../../../lib/format';
import { caseWhyQuery } from '../../api/cases';
import { ruleName } from '../../sentences';
import type { CasePage } from '../api/case';
import classes from './case.module.css';

export function OrderTab({ page, nameOf }: { page: CasePage; nameOf: (code: string) => string }) {
  const why = useQuery(caseWhyQuery(page.id));
  return (
    <>
      <section className={classes.part}>
        <h2>Now</h2>
        {why.isPending && <LoadingRows rows={2} />}
        {why.error && <LoadFailed error={why.error} />}
        {why.data && <p>{why.data.message}</p>}
      </section>
      <section className={classes.part}>
        <h2>Rankings</h2>
        {page.scores.length === 0 && <p>No ranking has held the case.</p>}
        {page.scores.map((row) => (
          <p key={`${row.published_at}/${row.position}`}>
            Place {row.position} by model {row.model_number}, for {words(row.why).toLowerCase()}
            {row.score !== null && `, score ${decimal(row.score, 3)}`}{' '}
            <small>
              {dateTime(row.published_at)}
              {row.is_in_force ? ', in force' : ''}
            </small>
            <br />
            <small>
              {Object.entries(row.probabilities)
                .map(([code, p]) => `${nameOf(code)} ${decimal(p)}`)
                .join(' · ')}
            </small>
          </p>
        ))}
      </section>
      <section className={classes.part}>
        <h2>Offered to</h2>
        {why.data?.offers.length === 0 && <p>Nobody yet.</p>}
        {why.data?.offers.map((offer) => (
          <p key={`${offer.reader}/${offer.reserved_at}`}>
            {offer.reader}, her case {offer.reader_position}: {words(offer.state).toLowerCase()}{' '}
            <small>
              {dateTime(offer.reserved_at)}, {ruleName(offer.rule)}
              {offer.model_number !== null && `, model ${offer.model_number}`}
            </small>
          </p>
        ))}
      </section>
    </>
  );
}
