import { words } from './format';

/** Warnings of an import whose code says too little. */
const NAMES: Record<string, string> = {
  eligible_by_default: 'No frontal radiograph: the model scores its first image',
  own_patient: 'Names no patient: a patient of its own',
  for_processing_read: 'Made for processing, read since its presentation is missing',
};

/** A warning of an import in a few words. */
export function warningName(code: string): string {
  return NAMES[code] ?? words(code);
}
