import { describe, expect, it } from 'vitest';

import type { CaseImage } from '../../api/types';
import { frameIndex, loadingOrder, stacksOf } from './stacks';

function image(part: Partial<CaseImage>): CaseImage {
  return {
    instance: 'i1',
    series: 's1',
    series_label: 'Series',
    modality: 'CT',
    n_frames: 1,
    frame_order: [],
    thumbnail_url: '',
    view: '',
    laterality: '',
    rows: 512,
    columns: 512,
    photometric: 'MONOCHROME2',
    metadata_url: '/m',
    frames_url: '/f',
    spacing: { row_mm: null, column_mm: null, source: 'none', aspect: 1 },
    window_presets: [],
    ...part,
  };
}

describe('stacks', () => {
  it('scrolls the slices of one series together, in the given order', () => {
    const stacks = stacksOf([image({ instance: 'a' }), image({ instance: 'b' }), image({ instance: 'c', series: 's2' })]);
    expect(stacks.map((stack) => stack.frames.map((frame) => frame.image.instance))).toEqual([['a', 'b'], ['c']]);
  });

  it('keeps each view of a radiograph by itself, also within one series', () => {
    const views = [image({ instance: 'pa', modality: 'DX' }), image({ instance: 'lat', modality: 'DX' })];
    expect(stacksOf(views)).toHaveLength(2);
  });

  it('keeps images of another polarity apart', () => {
    const mixed = [image({ instance: 'a' }), image({ instance: 'b', photometric: 'MONOCHROME1' })];
    expect(stacksOf(mixed)).toHaveLength(2);
  });

  it('makes a stack of the frames of one instance, counted from 1', () => {
    const [stack] = stacksOf([image({ instance: 'us', modality: 'US', n_frames: 3 })]);
    expect(stack.frames.map((frame) => frame.frame)).toEqual([1, 2, 3]);
    expect(frameIndex(stack, 'us', 3)).toBe(2);
    expect(frameIndex(stack, 'other', 1)).toBe(-1);
  });
});

describe('frames of one instance', () => {
  it('come in reading order and keep the numbers of the file', () => {
    const [stack] = stacksOf([image({ instance: 'mr', n_frames: 3, frame_order: [3, 1, 2] })]);
    expect(stack.frames.map((frame) => frame.frame)).toEqual([3, 1, 2]);
  });
});

describe('the names in the strip', () => {
  const film = (part: Partial<CaseImage>) => image({ modality: 'DX', series_label: 'DX chest', ...part });
  const names = (...images: CaseImage[]) => stacksOf(images).map((stack) => [stack.label, stack.detail]);

  it('are the views of films, with their sides and their series', () => {
    const views = [film({ instance: 'a', view: 'PA' }), film({ instance: 'b', view: 'LL' })];
    expect(names(...views)).toEqual([
      ['PA', 'DX chest'],
      ['Lateral left', 'DX chest'],
    ]);
    const breasts = [film({ instance: 'a', view: 'CC', laterality: 'R' }), film({ instance: 'b', view: 'MLO', laterality: 'L' })];
    expect(names(...breasts).map(([label]) => label)).toEqual(['CC right', 'MLO left']);
    expect(names(film({ view: 'LL', laterality: 'L' }))).toEqual([['Lateral left', 'DX chest']]);
  });

  it('are the series of what is scrolled, with the number of images', () => {
    const slices = [image({ instance: 'a' }), image({ instance: 'b' }), image({ instance: 'c', series: 's2' })];
    expect(names(...slices)).toEqual([
      ['Series 1', '2 images'],
      ['Series 2', ''],
    ]);
  });
});

describe('loading order', () => {
  it('begins beside the frame on screen and ends with the first frames of the other stacks', () => {
    const [us, other] = stacksOf([
      image({ instance: 'us', modality: 'US', n_frames: 4 }),
      image({ instance: 'other', modality: 'DX' }),
    ]);
    const order = loadingOrder(us, 2, [other]).map((entry) => `${entry.image.instance}/${entry.frame}`);
    expect(order).toEqual(['us/3', 'us/2', 'us/4', 'us/1', 'other/1']);
  });
});
