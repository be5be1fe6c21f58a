/** What a reader calls an image: the view and the side of a film, else its series. Pure. */
import type { CaseImage } from '../../api/types';

/** View Position (PS3.3 C.8.1.1, C.8.11.5.1.1) in words where the code is none that is spoken. */
const VIEWS: Record<string, string> = {
  LL: 'Lateral left',
  RL: 'Lateral right',
  LAT: 'Lateral',
  LATERAL: 'Lateral',
  LLD: 'Decubitus left',
  RLD: 'Decubitus right',
  LLO: 'Oblique left',
  RLO: 'Oblique right',
};

/** (Image) Laterality (PS3.3 C.7.3.1, C.7.6.1); U, unpaired, has no side. */
const SIDES: Record<string, string> = { L: 'left', R: 'right', B: 'both sides' };

export function imageName(image: CaseImage): string {
  return filmName(image) || image.series_label || image.modality;
}

/** View and side, as far as the file names them; empty for a cross-section. */
export function filmName({ view, laterality }: CaseImage): string {
  const name = VIEWS[view] ?? view;
  const side = SIDES[laterality] ?? '';
  return [name, name.endsWith(side) ? '' : side].filter(Boolean).join(' ');
}
