/** The marks of this read: where each belongs, how large it is, and a way to take it back. */
import type { BoxAnnotation, CaseImage, ImageSpacing, LabelSchema } from '../../../api/types';
import { findingColour } from '../../../lib/palette';
import { spacingOf } from '../../../viewer/images/imageRegistry';
import { frameImageId } from '../../../viewer/images/loading';
import { sizeText } from '../../../viewer/mapping/length';
import { markNumbers } from '../session/edits';
import classes from './findings.module.css';
import { RegionMenu } from './RegionMenu';

interface MarksListProps {
  marks: BoxAnnotation[];
  schema: LabelSchema;
  images: CaseImage[];
  selected: string | null;
  editable: boolean;
  onSelect: (mark: BoxAnnotation) => void;
  onRemove: (id: string) => void;
  onRegion: (id: string, region: string | null) => void;
  onFocusImage: () => void;
}

export function MarksList(props: MarksListProps) {
  const { marks, schema, images, selected, editable, onSelect, onRemove, onRegion, onFocusImage } = props;
  if (marks.length === 0) return null;
  const numbers = markNumbers(marks);
  return (
    <section className="ws-section" aria-label="Marks">
      <h2>Marks</h2>
      {marks.map((mark) => {
        const place = schema.findings.findIndex((finding) => finding.code === mark.finding);
        const number = numbers.get(mark.id);
        const name = schema.findings[place]?.name ?? mark.finding;
        return (
          <div key={mark.id} className={classes.mark} data-selected={mark.id === selected} data-testid={`mark-${mark.finding}`}>
            <i className={classes.swatch} style={{ borderColor: findingColour(Math.max(place, 0)) }} aria-hidden="true" />
            <button type="button" tabIndex={-1} onClick={() => onSelect(mark)}>
              {name} {number}
              <small>{sizeOf(mark, images)}</small>
            </button>
            {schema.region_classes.length > 0 && (
              <RegionMenu
                mark={`${name} ${number}`}
                regions={schema.region_classes}
                region={mark.region_class}
                disabled={!editable}
                onRegion={(region) => onRegion(mark.id, region)}
                onClosed={onFocusImage}
              />
            )}
            {editable && (
              <button
                type="button"
                tabIndex={-1}
                className={classes.remove}
                aria-label={`Delete ${name} ${number}`}
                onClick={() => onRemove(mark.id)}
              >
                ×
              </button>
            )}
          </div>
        );
      })}
    </section>
  );
}

function sizeOf(mark: BoxAnnotation, images: CaseImage[]): string {
  const image = images.find(({ instance }) => instance === mark.instance);
  return sizeText(mark.geometry, spacingAt(image, mark.frame));
}

/** Of a frame among others it is known when the viewer has the image's description, which every open stack has. */
function spacingAt(image: CaseImage | undefined, frame: number): ImageSpacing {
  const known = image && (spacingOf(frameImageId({ image, frame })) ?? (image.n_frames > 1 ? null : image.spacing));
  return known ?? { row_mm: null, column_mm: null, source: 'none', aspect: 1 };
}
