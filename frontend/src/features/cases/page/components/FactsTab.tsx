/** What is known of the case without its reads: patient, study, versions, files and what the import warned of. */
import { useState } from 'react';
import { Link } from 'react-router';

import { dateTime, plural, words } from '../../../../lib/format';
import { warningName } from '../../../../lib/warnings';
import { CorrectImageDialog } from '../../components/CorrectImageDialog';
import type { CasePage } from '../api/case';
import { stateMark } from '../../states';
import { Corrections } from './Corrections';
import classes from './case.module.css';

interface FactsTabProps {
  slug: string;
  page: CasePage;
  /** She manages the project. */
  mayCorrect: boolean;
}

export function FactsTab({ slug, page, mayCorrect }: FactsTabProps) {
  return (
    <>
      <section className={classes.part}>
        <h2>Case</h2>
        <dl className={classes.facts}>
          <dt>Split</dt>
          <dd>{page.split}</dd>
          {page.rounds.map((row) => (
            <Fact key={row.round} name={`Round ${row.round}`}>
              {stateMark(row.state).name}, {row.n_submitted} of {plural(row.n_needed, 'read')}
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
      <Corrections slug={slug} page={page} mayCorrect={mayCorrect} />
      <Images slug={slug} page={page} mayCorrect={mayCorrect} />
    </>
  );
}

function Images({ slug, page, mayCorrect }: FactsTabProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const named = [
    ...page.files.map((file, index) => ({ ...file, name: file.file_name || `Image ${index + 1}`, isLeftOut: false })),
    ...page.left_out.map((file) => ({ ...file, name: file.file_name || 'An image', isLeftOut: true })),
  ];
  const file = named.find((each) => each.instance === chosen);
  const image = page.images.find((each) => each.instance === chosen);
  return (
    <section className={classes.part}>
      <h2>Images</h2>
      {page.files.length === 0 && <p>This version’s images are not here: its reads came from another project.</p>}
      <table>
        <tbody>
          {named.map((each) => (
            <tr key={each.instance}>
              <td>
                <Link to={`/p/${slug}/images/${each.instance}`}>{each.name}</Link>
                {each.isLeftOut && <small> left out of the case</small>}
                {each.warnings.map((warning) => (
                  <div key={warning.code}>
                    <small>{warning.message || warningName(warning.code)}</small>
                  </div>
                ))}
              </td>
              {mayCorrect && (
                <td style={{ width: 1, whiteSpace: 'nowrap' }}>
                  <button
                    type="button"
                    className={classes.plain}
                    aria-label={`Correct ${each.name}`}
                    onClick={() => setChosen(each.instance)}
                  >
                    Correct…
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {file !== undefined && (
        <CorrectImageDialog
          key={file.instance}
          instance={file.instance}
          name={file.name}
          view={image?.view ?? ''}
          laterality={image?.laterality ?? ''}
          isLeftOut={file.isLeftOut}
          onDone={() => setChosen(null)}
          onClose={() => setChosen(null)}
        />
      )}
    </section>
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
