/** The tools under the image. Each has a key; the mouse buttons work as in other viewers without any of them. */
import {
  IconArrowsMove,
  IconContrast,
  IconFlipVertical,
  IconMaximize,
  IconRefresh,
  IconRotateClockwise,
  IconRuler2,
  IconShadow,
  IconSquareDashed,
  IconZoomIn,
  type TablerIcon,
} from '@tabler/icons-react';
import { useStore } from 'zustand';

import type { WindowPreset } from '../../api/types';
import type { ViewerController } from '../controller';
import { functionText, windowText } from '../display/window';
import type { LeftTool } from '../store';
import type { ViewAction } from '../viewKeys';

interface ViewToolsProps {
  viewer: ViewerController;
  presets: WindowPreset[];
  /** Whether boxes are drawn in this workspace at all, and now. */
  drawing: 'none' | 'off' | 'on';
  onTool: (tool: LeftTool) => void;
  onView: (action: ViewAction) => void;
  onPreset: (index: number) => void;
}

const TOOLS: { tool: LeftTool; icon: TablerIcon; name: string; hint: string }[] = [
  { tool: 'window', icon: IconContrast, name: 'Window', hint: 'W, left button' },
  { tool: 'pan', icon: IconArrowsMove, name: 'Move', hint: 'M, or middle button' },
  { tool: 'zoom', icon: IconZoomIn, name: 'Zoom', hint: 'Z, or right button' },
  { tool: 'box', icon: IconSquareDashed, name: 'Box', hint: 'B, draw a box for the current finding' },
  { tool: 'length', icon: IconRuler2, name: 'Length', hint: 'L, measure' },
];

const VIEWS: { action: ViewAction; icon: TablerIcon; name: string; hint: string }[] = [
  { action: 'invert', icon: IconShadow, name: 'Invert', hint: 'I' },
  { action: 'fit', icon: IconMaximize, name: 'Fit', hint: '=' },
  { action: 'reset', icon: IconRefresh, name: 'Reset', hint: 'Space: window, fit, upright' },
  { action: 'rotate', icon: IconRotateClockwise, name: 'Turn', hint: 'R' },
  { action: 'flip', icon: IconFlipVertical, name: 'Mirror', hint: 'H' },
];

export function ViewTools({ viewer, presets, drawing, onTool, onView, onPreset }: ViewToolsProps) {
  const tool = useStore(viewer.store, (view) => view.tool);
  const inverted = useStore(viewer.store, (view) => view.inverted);
  const shown = useStore(viewer.store, (view) => view.viewName);
  return (
    <div className="ws-tools" role="toolbar" aria-label="Image tools">
      {TOOLS.filter((entry) => drawing !== 'none' || entry.tool !== 'box').map((entry) => (
        <ToolButton
          key={entry.tool}
          {...entry}
          pressed={tool === entry.tool}
          disabled={entry.tool === 'box' && drawing === 'off'}
          onClick={() => onTool(entry.tool)}
        />
      ))}
      <i className="ws-separator" />
      {VIEWS.map((entry) => (
        <ToolButton
          key={entry.action}
          {...entry}
          pressed={entry.action === 'invert' && inverted}
          onClick={() => onView(entry.action)}
        />
      ))}
      {presets.length > 0 && <i className="ws-separator" />}
      {presets.slice(0, 5).map((preset, index) => (
        <button
          key={preset.name}
          type="button"
          tabIndex={-1}
          className="ws-tool"
          aria-pressed={preset.name === shown}
          title={presetTitle(preset, index)}
          onClick={() => onPreset(index)}
        >
          <span className="ws-keep">{preset.name}</span>
        </button>
      ))}
    </div>
  );
}

function presetTitle(preset: WindowPreset, index: number): string {
  const { width, center } = windowText(preset);
  return [`Shift ${index + 1}: window ${width}, level ${center}`, functionText(preset)].filter(Boolean).join(', ');
}

interface ToolButtonProps {
  icon: TablerIcon;
  name: string;
  hint: string;
  pressed: boolean;
  disabled?: boolean;
  onClick: () => void;
}

function ToolButton({ icon: Icon, name, hint, pressed, disabled = false, onClick }: ToolButtonProps) {
  return (
    <button
      type="button"
      tabIndex={-1}
      className="ws-tool"
      aria-pressed={pressed}
      disabled={disabled}
      aria-label={name}
      title={`${name} (${hint})`}
      data-testid={`tool-${name.toLowerCase()}`}
      onClick={onClick}
    >
      <Icon size={17} stroke={1.7} aria-hidden />
      <span>{name}</span>
    </button>
  );
}
