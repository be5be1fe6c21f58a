/** How far an upload is, in one line. */
import { Progress } from '@mantine/core';

import { bytes, count, plural } from '../../lib/format';
import type { UploadSnapshot } from '../../lib/uploadQueue';

export function UploadProgress({ upload }: { upload: UploadSnapshot }) {
  const share = upload.bytesTotal === 0 ? 1 : upload.bytesSent / upload.bytesTotal;
  return (
    <div data-testid="upload-progress" data-state={upload.state}>
      <Progress value={share * 100} size="sm" aria-label="Upload" color={upload.state === 'waiting' ? 'yellow' : 'accent'} />
      <div className="lh-note" style={{ marginTop: 6 }} aria-live="polite">
        {count(upload.nSent)} of {plural(upload.nTotal, 'file')} sent · {bytes(upload.bytesSent)} of{' '}
        {bytes(upload.bytesTotal)}
        {upload.state === 'waiting' && ' · the connection is lost, trying again by itself'}
        {upload.nFailed > 0 && ` · ${count(upload.nFailed)} refused`}
        {upload.state === 'cancelled' && ' · stopped'}
      </div>
    </div>
  );
}
