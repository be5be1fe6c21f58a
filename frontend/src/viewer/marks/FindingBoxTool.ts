/**
 * A rectangle with the name of its finding on its upper edge. Unlike the rectangle of the library it measures nothing:
 * pixel statistics over a large film cost more than the drawing and no reader asks for them here.
 */
import { annotation as annotations, drawing, RectangleROITool } from '@cornerstonejs/tools';

type LabelOptions = Parameters<RectangleROITool['renderLinkedTextBoxAnnotation']>[0];

const LABEL_HEIGHT_PX = 20;
/** Behind the words of marks and lengths. */
export const TEXT_GROUND = '#0b0d10cc';

export class FindingBoxTool extends RectangleROITool {
  static override toolName = 'FindingBox';

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
  }

  override renderLinkedTextBoxAnnotation(options: LabelOptions): boolean {
    const { svgDrawingHelper, annotation, textLines, canvasCoordinates } = options;
    const left = Math.min(...canvasCoordinates.map((point) => point[0]));
    const heights = canvasCoordinates.map((point) => point[1]);
    const above = Math.min(...heights) - LABEL_HEIGHT_PX;
    // A box at the upper edge of the view has its name below.
    const top = above >= 0 ? above : Math.max(...heights) + 2;
    const uid = annotation.annotationUID ?? '';
    const style = annotations.config.style.getAnnotationToolStyles(uid) as { color?: string } | undefined;
    drawing.drawTextBox(svgDrawingHelper, uid, 'label', textLines, [left, top], {
      color: style?.color,
      background: TEXT_GROUND,
      fontFamily: 'Inter, "Segoe UI", Arial, sans-serif',
      fontSize: '13px',
      padding: 0,
    });
    return true;
  }
}
