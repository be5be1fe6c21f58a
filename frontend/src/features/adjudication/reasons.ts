/** Reasons that cover most decisions with one key; any other is typed. */
export const REASONS = ['Clear on the image', 'Artefact or overlap', 'Normal variant', 'Cannot be told on this image'];
