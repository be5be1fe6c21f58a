/**
 * A rectangle with the name of its finding on its upper edge. Unlike the rectangle of the library it measures nothing:
 * pixel statistics over a large film cost more than the drawing and no reader asks for them here.
 */
import { annotation as annotations, drawing, RectangleROITool } from '@cornerstonejs/tools';

import { labelPlace, type Rect } from './labelPlace';

type LabelOptions = Parameters<RectangleROITool['renderLinkedTextBoxAnnotation']>[0];

/** Behind the words of marks and lengths. */
export const TEXT_GROUND = '#0b0d10cc';

export class FindingBoxTool extends RectangleROITool {
  static override toolName = 'FindingBox';

  /** Where the names drawn so far stand; a drawing of the view begins with none. */
  private names: Rect[] = [];

  constructor(toolProps = {}) {
    super(toolProps, {
      supportedInteractionTypes: ['Mouse', 'Touch'],
      configuration: {
        calculateStats: false,
        preventHandleOutsideImage: false,
        shadow: true,
        getTextLines: (data: { label?: string }) => (data.label ? [data.label] : []),
      },
    });
    // The library's method is a property that its constructor sets: it cannot be overridden as a method.
    const renderBoxes = this.renderAnnotation;
    this.renderAnnotation = (enabledElement, svgDrawingHelper) => {
      this.names = [];
      return renderBoxes(enabledElement, svgDrawingHelper);
    };
  }

  override renderLinkedTextBoxAnnotation(options: LabelOptions): boolean {
    const { enabledElement, canvasCoordinates } = options;
    const xs = canvasCoordinates.map((point) => point[0]);
    const ys = canvasCoordinates.map((point) => point[1]);
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    const box = { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
    // Its size is known once it is drawn; the library leaves some room above the words.
    const label = drawName(options, [x, y]);
    const { clientWidth: width, clientHeight: height } = enabledElement.viewport.element;
    const size = { width: label.x + label.width - x, height: label.y + label.height - y };
    const place = labelPlace(box, size, this.names, { width, height });
    this.names.push(place);
    drawName(options, [place.x, place.y]);
    return true;
  }
}

function drawName({ svgDrawingHelper, annotation, textLines }: LabelOptions, place: [number, number]): Rect {
  const uid = annotation.annotationUID ?? '';
  const style = annotations.config.style.getAnnotationToolStyles(uid) as { color?: string } | undefined;
  return drawing.drawTextBox(svgDrawingHelper, uid, 'label', textLines, place, {
    color: style?.color,
    background: TEXT_GROUND,
    fontFamily: 'Inter, "Segoe UI", Arial, sans-serif',
    fontSize: '13px',
    padding: 0,
  });
}
