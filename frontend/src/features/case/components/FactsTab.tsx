/** What is known of the case without its reads: patient, study, versions, files and what the import warned of. */
import { Link } from 'react-router';

import { dateTime, plural, words } from '../../../lib/format';
import { warningName } from '../../../lib/warnings';
import type { CasePage } from '../api/case';
import classes from './case.module.css';

const STATES: Record<string, string> = {
  not_begun: 'not begun',
  begun: 'begun',
  complete: 'all reads in, a decision outstanding',
  closed: 'closed',
};

export function FactsTab({ slug, page }: { slug: string; page: CasePage }) {
  return (
    <>
      <section className={classes.part}>
        <h2>Case</h2>
        <dl className={classes.facts}>
          <dt>Split</dt>
          <dd>{page.split}</dd>
          {page.rounds.map((row) => (
            <Fact key={row.round} name={`Round ${row.round}`}>
              {STATES[row.state]}, {row.n_submitted} of {plural(row.n_needed, 'read')}
              {row.purpose !== 'labels' && <small> ({words(row.purpose).toLowerCase()})</small>}
            </Fact>
          ))}
          <dt>Imported</dt>
          <dd>{dateTime(page.created_at)}</dd>
        </dl>
      </section>
      <section className={classes.part}>
        <h2>Patient and study</h2>
        <dl className={classes.facts}>
          <dt>Pseudonym</dt>
          <dd title={page.patient.pseudonym}>{page.patient.pseudonym.slice(0, 16)}…</dd>
          {page.patient.sex !== '' && <Fact name="Sex">{page.patient.sex}</Fact>}
          {page.study.age !== '' && <Fact name="Age">{page.study.age}</Fact>}
          {page.study.site !== '' && <Fact name="Site">{page.study.site}</Fact>}
          {page.study.group !== '' && <Fact name="Group">{page.study.group}</Fact>}
          {page.study.indication !== '' && <Fact name="Indication">{page.study.indication}</Fact>}
          <dt>Other cases</dt>
          <dd>
            {page.patient.cases.length === 0 && 'none'}
            {page.patient.cases.map((other) => (
              <div key={other.number}>
                <Link to={`/p/${slug}/cases/${other.number}`}>Case {other.number}</Link>
                {other.days_later !== null && <small> {daysText(other.days_later)}</small>}
              </div>
            ))}
          </dd>
        </dl>
      </section>
      <section className={classes.part}>
        <h2>Versions</h2>
        <table>
          <tbody>
            {page.versions.map((row) => (
              <tr key={row.version}>
                <td>
                  {row.version === page.shown_version ? (
                    `Version ${row.version}, shown`
                  ) : (
                    <Link to={`?version=${row.version}`} replace>
                      Version {row.version}
                    </Link>
                  )}
                </td>
                <td>{plural(row.n_images, 'image')}</td>
                <td>{dateTime(row.sealed_at)}</td>
                <td>
                  <small>{row.is_in_force ? 'in force' : row.is_held ? 'waits for a data manager' : 'earlier'}</small>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section className={classes.part}>
        <h2>Images</h2>
        {page.files.length === 0 && <p>This version’s images are not here: its reads came from another project.</p>}
        <table>
          <tbody>
            {page.files.map((file, index) => (
              <tr key={file.instance}>
                <td>
                  <Link to={`/p/${slug}/images/${file.instance}`}>{file.file_name || `Image ${index + 1}`}</Link>
                  {file.warnings.map((warning) => (
                    <div key={warning.code}>
                      <small>{warning.message || warningName(warning.code)}</small>
                    </div>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function daysText(days: number): string {
  if (days === 0) return 'on the same day';
  return `${plural(Math.abs(days), 'day')} ${days > 0 ? 'later' : 'earlier'}`;
}
