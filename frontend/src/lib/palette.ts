/** Colours that keep their meaning: findings and readers, told apart by every common kind of colour vision. */

/** Okabe and Ito (2008), with the black replaced, ordered for contrast on a radiograph. */
const FINDING_COLOURS = [
  '#56b4e9',
  '#e69f00',
  '#2fc79f',
  '#f0e442',
  '#d88ab8',
  '#5c9bf0',
  '#e5713a',
  '#b8b8f3',
  '#a6d96a',
];

const READER_COLOURS = ['#e69f00', '#56b4e9', '#d88ab8', '#2fc79f', '#f0e442'];

/** Colour of the finding at a place of the schema; the place, not the code, so that it stays put in a project. */
export function findingColour(index: number): string {
  return FINDING_COLOURS[index % FINDING_COLOURS.length];
}

export function readerColour(index: number): string {
  return READER_COLOURS[index % READER_COLOURS.length];
}

/** An adjudicator's marks, beside those of the readers. */
export const DECISION_COLOUR = '#ffffff';
