/** The series of a case that are read, each with a way to what was made of its first image. */
import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { LoadFailed } from '../../../components/messages/Blank';
import { Panel } from '../../../components/page/Panel';
import { TableHead } from '../../../components/page/TableHead';
import { plural } from '../../../lib/format';
import { caseImagesQuery } from '../api/images';

export function CaseImages({ caseId }: { caseId: string }) {
  const slug = useParams().slug as string;
  const found = useQuery(caseImagesQuery(caseId));
  if (found.error) return <LoadFailed error={found.error} />;
  if (!found.data || found.data.results.length === 0) return null;
  return (
    <div style={{ marginTop: 14 }}>
      <Panel title="Images that are read" flush testId="case-images">
        <table className="lh-table">
          <TableHead columns={['Series', 'Images', 'Warnings']} />
          <tbody>
            {found.data.results.map((series) => (
              <tr key={series.instance}>
                <td>
                  <Anchor component={Link} to={`/p/${slug}/images/${series.instance}`} size="sm">
                    {series.series_label}
                  </Anchor>
                </td>
                <td>{plural(series.n_images, 'image')}</td>
                <td>{series.warnings.length === 0 ? 'none' : series.warnings.length}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </div>
  );
}
