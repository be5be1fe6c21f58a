/** How far an upload is, in one line, with what the server refused below it. */
import { Progress } from '@mantine/core';

import { bytes, count, plural } from '../../lib/format';
import type { UploadSnapshot } from '../../lib/uploadQueue';
import { Notice } from '../messages/Notice';

export function UploadProgress({ upload }: { upload: UploadSnapshot }) {
  const share = upload.bytesTotal === 0 ? 1 : upload.bytesSent / upload.bytesTotal;
  return (
    <div data-testid="upload-progress" data-state={upload.state}>
      <Progress value={share * 100} size="sm" aria-label="Upload" color={upload.state === 'waiting' ? 'yellow' : 'accent'} />
      <div className="lh-note" style={{ marginTop: 6 }} aria-live="polite">
        {count(upload.nSent)} of {plural(upload.nTotal, 'file')} sent · {bytes(upload.bytesSent)} of{' '}
        {bytes(upload.bytesTotal)}
        {upload.state === 'waiting' && ' · the connection is lost, trying again by itself'}
        {upload.state === 'cancelled' && ' · stopped'}
      </div>
      {upload.nFailed > 0 && (
        <Notice tone="warn" testId="upload-refused">
          {plural(upload.nFailed, 'file')} could not be sent: {upload.failures[0].path}: {upload.failures[0].message}
          {upload.nFailed > 1 && ` And ${count(upload.nFailed - 1)} more.`} The others are safe.
        </Notice>
      )}
    </div>
  );
}
