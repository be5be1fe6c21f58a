/** A prior study beside the current one: to look at, not to mark. */
import { useEffect, useState } from 'react';

import type { ViewerController } from '../../../viewer/controller';
import type { ImageStack } from '../../../viewer/images/stacks';
import { Viewport } from '../../../viewer/Viewport';

export function PriorView({ stack, onClose }: { stack: ImageStack; onClose: () => void }) {
  const [viewer, setViewer] = useState<ViewerController | null>(null);
  useEffect(() => {
    if (viewer !== null) void viewer.showStack(stack);
  }, [viewer, stack]);

  return (
    <Viewport id="prior" controller={viewer} onController={setViewer} label="Image of the prior study">
      <button
        type="button"
        className="ws-quiet"
        style={{ position: 'absolute', top: 8, right: 24, background: '#000d', padding: '0 10px' }}
        onClick={onClose}
      >
        Prior: close
      </button>
    </Viewport>
  );
}
