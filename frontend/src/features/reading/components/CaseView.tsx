/** The middle of the workspace: the image, a prior study beside it, and the tools below. */
import type { WindowPreset } from '../../../api/types';
import { CannotOpen } from '../../../components/workspace/CannotOpen';
import type { ViewerController } from '../../../viewer/controller';
import type { ImageStack } from '../../../viewer/images/stacks';
import { Viewport } from '../../../viewer/Viewport';
import { ViewTools } from '../../../viewer/parts/ViewTools';
import type { Command } from '../keyboard/keys';
import { isEditable } from '../session/selectors';
import type { SessionState } from '../session/sessionState';
import { CaseNotice } from './CaseNotice';
import { CaseQuestion } from './CaseQuestion';
import { PriorView } from './PriorView';

interface CaseViewProps {
  state: SessionState;
  viewer: ViewerController | null;
  onViewer: (viewer: ViewerController | null) => void;
  presets: WindowPreset[];
  prior: ImageStack | null;
  onPriorClosed: () => void;
  onReload: () => void;
  onCommand: (command: Command) => void;
  /** The panels are hidden: what the reader must know stands over the image. */
  alone: boolean;
}

export function CaseView(props: CaseViewProps) {
  const { state, viewer, onCommand } = props;
  return (
    <main className="ws-centre" style={{ gridColumn: props.alone ? 1 : 2 }}>
      <div className="ws-views">
        <Viewport
          id="read"
          controller={viewer}
          onController={props.onViewer}
          label={`Image of ${state.payload?.assignment.label ?? 'the case'}`}
        >
          {state.phase === 'loadFailed' && (
            <CannotOpen title="This case cannot be opened" reason={state.loadError} onRetry={props.onReload} />
          )}
          {props.alone && (
            <div className="ws-over">
              {state.payload !== null && <CaseQuestion assignment={state.payload.assignment} />}
              <CaseNotice notice={state.notice} />
            </div>
          )}
        </Viewport>
        {props.prior !== null && <PriorView stack={props.prior} onClose={props.onPriorClosed} />}
      </div>
      {viewer !== null && (
        <ViewTools
          viewer={viewer}
          presets={props.presets}
          drawing={drawingOf(state)}
          onTool={(tool) => onCommand({ kind: 'tool', tool })}
          onView={(action) => onCommand({ kind: 'view', action })}
          onPreset={(index) => onCommand({ kind: 'preset', index })}
        />
      )}
    </main>
  );
}

/** Whether boxes can be drawn now, and whether this schema has any. */
function drawingOf(state: SessionState): 'none' | 'off' | 'on' {
  if (!state.payload?.schema.findings.some((finding) => finding.boxes)) return 'none';
  return isEditable(state) ? 'on' : 'off';
}
