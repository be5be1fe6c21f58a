/** A case that is looked at and not marked: its series, the image with what was marked, the tools, and their keys. */
import { useState, type ReactNode } from 'react';

import type { CaseImage } from '../api/types';
import { useKeyDown } from '../hooks/useKeyDown';
import type { ViewerController } from './controller';
import type { ShownMark } from './marks/layer';
import { SeriesStrip } from './parts/SeriesStrip';
import { ViewTools } from './parts/ViewTools';
import { useStage } from './useStage';
import { runViewCommand, viewCommandOf, type ViewCommand } from './viewKeys';
import { Viewport } from './Viewport';

interface LookViewProps {
  /** Of the viewport; unique on the page. */
  id: string;
  /** Changes with what is shown; null while there is nothing. */
  caseId: string | null;
  images: CaseImage[];
  marks: ShownMark[];
  label: string;
  /** Over the image: why there is none. */
  children?: ReactNode;
}

const NO_GESTURES = {};
const ignore = () => undefined;

export function LookView({ id, caseId, images, marks, label, children }: LookViewProps) {
  const [viewer, setViewer] = useState<ViewerController | null>(null);
  const stage = useStage({ viewer, caseId, images, marks, gestures: NO_GESTURES, onSelectMark: ignore });
  const run = (command: ViewCommand) =>
    runViewCommand(command, {
      viewer,
      presets: stage.presets,
      stackIds: stage.stacks.map((stack) => stack.id),
      stackId: stage.stackId,
      showStack: stage.showStack,
    });

  useKeyDown(
    (event) => {
      // What stands beside the image scrolls and ticks by its own keys.
      if (event.target instanceof Element && event.target.closest('aside') !== null) return false;
      const command = viewCommandOf(event);
      if (command !== null) run(command);
      return command !== null;
    },
    true,
    () => viewer?.focus(),
  );

  return (
    <>
      <SeriesStrip
        stacks={stage.stacks}
        shown={stage.stackId}
        priors={[]}
        shownPrior={null}
        ready={stage.isReady}
        onShow={(stack) => stage.showStack(stack.id)}
        onPrior={ignore}
      />
      <main className="ws-centre" style={{ gridColumn: 2 }}>
        <div className="ws-views">
          <Viewport id={id} controller={viewer} onController={setViewer} label={label}>
            {children}
          </Viewport>
        </div>
        {viewer !== null && (
          <ViewTools
            viewer={viewer}
            presets={stage.presets}
            drawing="none"
            onTool={(tool) => run({ kind: 'tool', tool })}
            onView={(action) => run({ kind: 'view', action })}
            onPreset={(index) => run({ kind: 'preset', index })}
          />
        )}
      </main>
    </>
  );
}
