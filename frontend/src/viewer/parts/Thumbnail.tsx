/** A small picture of an image, as the server keeps it: nothing is decoded for it here. */
import { useState } from 'react';

import type { CaseImage } from '../../api/types';
import classes from '../viewer.module.css';

interface ThumbnailProps {
  image: CaseImage;
  /** Wait for this before loading, so that the main image comes first. */
  when: boolean;
}

export function Thumbnail({ image, when }: ThumbnailProps) {
  const [failed, setFailed] = useState(false);
  const address = image.thumbnail_url;
  return (
    <span className={classes.thumbnail}>
      {when && address !== '' && !failed && <img src={address} alt="" onError={() => setFailed(true)} />}
      {(address === '' || failed) && <small>no preview</small>}
    </span>
  );
}
