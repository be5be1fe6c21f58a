/**
 * The smallest page that shows one image with Cornerstone3D: the measure of what the workspace may add. It takes the
 * same addresses (`?metadata=..&frames=..`) and sets `window.__firstImageMs`, counted from the start of navigation.
 */
import { Enums, init as initCore, RenderingEngine, type Types } from '@cornerstonejs/core';
import { init as initImageLoader } from '@cornerstonejs/dicom-image-loader';
import { utilities } from '@cornerstonejs/metadata';

declare global {
  interface Window {
    __firstImageMs?: number;
  }
}

async function show(): Promise<void> {
  const query = new URLSearchParams(window.location.search);
  const element = document.getElementById('viewport') as HTMLDivElement;
  const imageId = `wadors:${new URL(query.get('frames') ?? '', window.location.origin).href}/1`;
  initCore();
  initImageLoader();
  const engine = new RenderingEngine('minimal');
  engine.enableElement({ viewportId: 'minimal', element, type: Enums.ViewportType.STACK });
  element.addEventListener(
    Enums.Events.IMAGE_RENDERED,
    () => {
      window.__firstImageMs = performance.now();
      element.dataset.rendered = 'true';
    },
    { once: true },
  );
  const answer = await fetch(query.get('metadata') ?? '', { credentials: 'same-origin' });
  const [instance] = (await answer.json()) as Record<string, unknown>[];
  await utilities.addDicomWebInstance(imageId, instance);
  const viewport = engine.getViewport('minimal') as Types.IStackViewport;
  await viewport.setStack([imageId]);
  viewport.render();
}

void show();
