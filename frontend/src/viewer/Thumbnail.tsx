/** A small picture of one frame, drawn without the graphics card so that it takes nothing from the main image. */
import { useEffect, useRef, useState } from 'react';

import { loadDecoded } from './loading';
import { frameKey, type StackFrame } from './stacks';
import { thumbnailPixels } from './thumbnailPixels';
import classes from './viewer.module.css';

interface ThumbnailProps {
  frame: StackFrame;
  /** Wait for this before loading, so that the main image comes first. */
  when: boolean;
}

const SIZE = 72;

export function Thumbnail({ frame, when }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [failed, setFailed] = useState(false);
  const key = frameKey(frame);

  useEffect(() => {
    if (!when) return;
    let current = true;
    const draw = async () => {
      const image = await loadDecoded(frame);
      const context = canvas.current?.getContext('2d');
      if (!current || !context) return;
      context.putImageData(new ImageData(thumbnailPixels(image, SIZE), SIZE, SIZE), 0, 0);
    };
    draw().catch(() => current && setFailed(true));
    return () => {
      current = false;
    };
    // The key stands for the frame; the object is new at every answer of the server.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, when]);

  return (
    <span className={classes.thumbnail}>
      <canvas ref={canvas} width={SIZE} height={SIZE} />
      {failed && <small>no preview</small>}
    </span>
  );
}
