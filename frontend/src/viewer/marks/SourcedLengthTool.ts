/** The library's length with our own words: it labels millimetres of CR and DX as pixels and hides their source. */
import { LengthTool } from '@cornerstonejs/tools';

import { lengthText } from '../mapping/length';
import { worldToImage, type Vec3 } from '../mapping/plane';
import { planeOf, spacingOf } from '../images/imageRegistry';

interface LengthData {
  handles: { points: Vec3[] };
}

const TARGET_PREFIX = 'imageId:';

export class SourcedLengthTool extends LengthTool {
  static override toolName = 'SourcedLength';

  constructor(toolProps = {}) {
    super(toolProps, {
      supportedInteractionTypes: ['Mouse', 'Touch'],
      configuration: { preventHandleOutsideImage: false, getTextLines: sourcedLines },
    });
  }
}

function sourcedLines(data: LengthData, targetId: string): string[] {
  const imageId = targetId.startsWith(TARGET_PREFIX) ? targetId.slice(TARGET_PREFIX.length) : targetId;
  const plane = planeOf(imageId);
  const spacing = spacingOf(imageId);
  if (plane === null || spacing === null) return [];
  const [from, to] = data.handles.points.map((point) => worldToImage(point, plane));
  return [lengthText(from, to, spacing)];
}
