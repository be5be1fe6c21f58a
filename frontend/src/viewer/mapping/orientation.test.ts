import { describe, expect, it } from 'vitest';

import type { DicomJson } from '../images/metadata';
import { edgeTowards, lettersOf, seenLetters, UPRIGHT, type EdgeLetters, type Runs } from './orientation';

const AXIAL = [1, 0, 0, 0, 1, 0];
const SAGITTAL = [0, 1, 0, 0, 0, -1];
const AXIAL_LETTERS = { left: 'R', right: 'L', top: 'A', bottom: 'P' };
const SAGITTAL_LETTERS = { left: 'A', right: 'P', top: 'H', bottom: 'F' };

interface Said {
  modality?: string;
  orientation?: number[];
  added?: string[];
  sides?: unknown[];
  frames?: (number[] | null)[];
}

function header({ modality = 'CT', orientation, added = [], sides, frames }: Said): DicomJson {
  const group = (values: number[] | null) =>
    values === null ? {} : { '00209116': { vr: 'SQ', Value: [{ '00200037': { vr: 'DS', Value: values } }] } };
  return {
    '00080060': { vr: 'CS', Value: [modality] },
    '00280030': { vr: 'DS', Value: [0.3, 0.3] },
    ...(orientation && { '00200037': { vr: 'DS', Value: orientation } }),
    ...(sides && { '00200020': { vr: 'CS', Value: sides } }),
    ...(frames && { '52009230': { vr: 'SQ', Value: frames.map(group) } }),
    labelhub_added: added,
  } as unknown as DicomJson;
}

const letters = (said: Said, frame = 1) => lettersOf(header(said), frame);

describe('the letters of a plane', () => {
  it('show the patient right at the left edge of an axial slice', () => {
    expect(letters({ orientation: AXIAL })).toEqual(AXIAL_LETTERS);
  });

  it('show head above feet on a sagittal slice', () => {
    expect(letters({ orientation: SAGITTAL })).toEqual(SAGITTAL_LETTERS);
  });

  it('have a second one where the plane is tilted', () => {
    expect(letters({ orientation: [0.8, 0.6, 0, 0, 0, -1] })?.right).toBe('LP');
  });

  it('are those of each frame, and none of a frame that has no plane', () => {
    const frames = [AXIAL, null, SAGITTAL];
    const ofFrames = [1, 2, 3, 4].map((frame) => letters({ orientation: AXIAL, frames }, frame));
    expect(ofFrames).toEqual([AXIAL_LETTERS, null, SAGITTAL_LETTERS, null]);
  });
});

describe('an image that says no orientation', () => {
  it.each(['US', 'OT', 'SC', 'NM', 'XC', 'CT', 'DX', 'CR'])('has no letters: %s', (modality) => {
    expect(letters({ modality })).toBeNull();
  });

  it('has none of a plane that LabelHub added, or that a projection carries as filler', () => {
    expect(letters({ modality: 'DX', orientation: AXIAL, added: ['00200032', '00200037'] })).toBeNull();
    expect(letters({ modality: 'CR', orientation: AXIAL })).toBeNull();
  });
});

describe('Patient Orientation', () => {
  it.each(['DX', 'US', 'OT', 'NM', 'XC', 'CT'])('stands on any image: %s', (modality) => {
    expect(letters({ modality, sides: ['L', 'F'] })).toEqual({ left: 'R', right: 'L', top: 'H', bottom: 'F' });
    expect(letters({ modality, sides: ['R', 'F'] })).toEqual({ left: 'L', right: 'R', top: 'H', bottom: 'F' });
    expect(letters({ modality, sides: ['PL', 'FA'] })).toEqual({ left: 'AR', right: 'PL', top: 'HP', bottom: 'FA' });
  });

  it('stands on a film whatever plane the film carries', () => {
    expect(letters({ modality: 'CR', orientation: AXIAL, sides: ['A', 'F'] })?.right).toBe('A');
  });

  it('agrees with the plane, or nothing is said', () => {
    expect(letters({ orientation: AXIAL, sides: ['L', 'P'] })).toEqual(AXIAL_LETTERS);
    expect(letters({ orientation: AXIAL, sides: ['R', 'P'] })).toBeNull();
    expect(letters({ orientation: AXIAL, sides: ['L', 'F'] })).toBeNull();
  });

  it.each([[[]], [['L']], [['left', 'F']], [['L', 'R']], [['L', 'LF']], [['LR', 'F']], [['LL', 'F']]])(
    'says nothing by what makes no sense: %s',
    (sides) => {
      expect(letters({ modality: 'DX', sides })).toBeNull();
    },
  );
});

describe('the letters of a view', () => {
  const film: EdgeLetters = { left: 'R', right: 'L', top: 'H', bottom: 'F' };

  it.each<[string, Runs, string]>([
    ['upright', UPRIGHT, 'RLHF'],
    ['mirrored', { rows: 'left', columns: 'bottom' }, 'LRHF'],
    ['turned by 90', { rows: 'bottom', columns: 'left' }, 'FHRL'],
    ['turned by 180', { rows: 'left', columns: 'top' }, 'LRFH'],
    ['turned by 270', { rows: 'top', columns: 'right' }, 'HFLR'],
    ['turned and mirrored', { rows: 'bottom', columns: 'right' }, 'HFRL'],
  ])('go with the image: %s', (_, runs, expected) => {
    const { left, right, top, bottom } = seenLetters(film, runs);
    expect([left, right, top, bottom].join('')).toBe(expected);
  });

  it('are found by where rows and columns run on the screen', () => {
    expect([[9, 0.1], [-9, 0], [0, 9], [0.1, -9]].map((way) => edgeTowards(way as [number, number]))).toEqual([
      'right',
      'left',
      'bottom',
      'top',
    ]);
  });
});
