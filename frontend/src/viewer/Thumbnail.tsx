/** A small picture of one frame, drawn once by the processor so that it takes nothing from the main image. */
import { Enums, utilities } from '@cornerstonejs/core';
import { useEffect, useRef, useState } from 'react';

import { frameImageId, registerImage } from './loading';
import type { StackFrame } from './stacks';
import classes from './viewer.module.css';

interface ThumbnailProps {
  frame: StackFrame;
  /** Wait for this before loading, so that the main image comes first. */
  when: boolean;
}

export function Thumbnail({ frame, when }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [failed, setFailed] = useState(false);
  const imageId = frameImageId(frame);

  useEffect(() => {
    if (!when) return;
    let current = true;
    const draw = async () => {
      await registerImage(frame.image);
      if (!current || canvas.current === null) return;
      await utilities.loadImageToCanvas({
        canvas: canvas.current,
        imageId,
        requestType: Enums.RequestType.Thumbnail,
        useCPURendering: true,
        thumbnail: true,
      });
    };
    draw().catch(() => current && setFailed(true));
    return () => {
      current = false;
    };
    // The identifier stands for the frame; the object is new at every answer of the server.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [imageId, when]);

  return (
    <span className={classes.thumbnail}>
      <canvas ref={canvas} width={72} height={72} />
      {failed && <small>no preview</small>}
    </span>
  );
}
