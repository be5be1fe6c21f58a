/** What was made of one image: why it looks as it does. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { Blank, LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { TableHead } from '../../components/page/TableHead';
import { decimal, plural, words } from '../../lib/format';
import { windowText } from '../../viewer/display/window';
import { pipelineQuery, type Attribute, type Pipeline } from './api/images';
import classes from './ImageRoute.module.css';

export function ImageRoute() {
  const { slug, instanceId } = useParams() as { slug: string; instanceId: string };
  const image = useQuery(pipelineQuery(instanceId));
  return (
    <Page
      title={image.data ? `${image.data.series_label}: from file to picture` : 'From file to picture'}
      lead="What the file says of its pixels, and what was made of it. Readers see the same picture as the model."
      actions={
        <Button component={Link} to={`/p/${slug}/cases`} size="xs" variant="default">
          All cases
        </Button>
      }
    >
      {image.isPending && <LoadingRows rows={8} />}
      {image.error && <LoadFailed error={image.error} onRetry={() => void image.refetch()} />}
      {image.data && <ImageFacts image={image.data} />}
    </Page>
  );
}

function ImageFacts({ image }: { image: Pipeline }) {
  return (
    <div className={classes.columns}>
      <div className={classes.side}>
        <Panel title="Picture, as first shown and as the model gets it">
          <img
            className={classes.picture}
            src={image.model_input_url}
            alt={`${image.series_label}, as first shown`}
            width={320}
            height={320}
          />
          <div className="lh-note">{sizeOf(image)}</div>
        </Panel>
        <Panel title="Warnings" testId="image-warnings">
          {image.warnings.length === 0 && <div>Nothing to warn about.</div>}
          {image.warnings.map((warning) => (
            <div key={warning.code}>{warning.message || words(warning.code)}</div>
          ))}
        </Panel>
        <Panel title="Windows and lookup tables offered" flush>
          {image.windows.length === 0 ? <Blank title="None: colour is shown as it is" /> : <Views image={image} />}
        </Panel>
      </div>
      <Panel title="What became of each attribute" flush testId="image-attributes">
        <Attributes attributes={image.attributes} />
      </Panel>
    </div>
  );
}

function Views({ image }: { image: Pipeline }) {
  return (
    <table className="lh-table">
      <TableHead columns={['Name', 'Centre', 'Width', 'Function']} />
      <tbody>
        {image.windows.map((view, index) => (
          <tr key={view.name}>
            <td>
              {view.name}
              {index === 0 && <div className="lh-note">opened with</div>}
            </td>
            <td>{windowText(view).center}</td>
            <td>{windowText(view).width}</td>
            <td>{view.function}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Attributes({ attributes }: { attributes: Attribute[] | null }) {
  if (attributes === null) {
    return <Blank title="Not recorded">The image was imported before this was recorded. Import the file again.</Blank>;
  }
  if (attributes.length === 0) return <Blank title="No DICOM attributes">PNG and JPEG files have none.</Blank>;
  return (
    <table className="lh-table">
      <TableHead columns={['Attribute', 'PS3.3', 'Handling', 'What is done']} />
      <tbody>
        {attributes.map((row) => (
          <tr key={row.keyword}>
            <td>{row.keyword}</td>
            <td>{row.section}</td>
            <td className={classes.handling} data-handling={row.handling}>
              {row.handling}
            </td>
            <td>{row.effect}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function sizeOf(image: Pipeline): string {
  const frames = image.n_frames > 1 ? `, ${plural(image.n_frames, 'frame')}` : '';
  const shape = image.spacing.aspect === 1 ? '' : `, pixels ${decimal(image.spacing.aspect)} times as high as wide`;
  return `${image.columns} × ${image.rows} ${image.photometric}${frames}${shape}`;
}
