/** Which tool answers to which mouse button: left window, middle pan, right zoom, wheel scrolls; touch likewise. */
import {
  Enums,
  PanTool,
  StackScrollTool,
  ToolGroupManager,
  WindowLevelTool,
  ZoomTool,
  type Types,
} from '@cornerstonejs/tools';

import type { LeftTool } from '../store';
import { FindingBoxTool } from '../marks/FindingBoxTool';
import { SourcedLengthTool } from '../marks/SourcedLengthTool';

const { Primary, Secondary, Auxiliary, Wheel } = Enums.MouseBindings;
const LEFT = [{ mouseButton: Primary }];

const TOOL_NAMES: Record<LeftTool, string> = {
  window: WindowLevelTool.toolName,
  pan: PanTool.toolName,
  zoom: ZoomTool.toolName,
  box: FindingBoxTool.toolName,
  length: SourcedLengthTool.toolName,
};

export function createToolGroup(id: string, viewportId: string, engineId: string): Types.IToolGroup {
  const group = ToolGroupManager.createToolGroup(id);
  if (group === undefined) throw new Error(`The tool group ${id} exists already.`);
  [...Object.values(TOOL_NAMES), StackScrollTool.toolName].forEach((name) => group.addTool(name));
  // Marks stay movable while another tool has the left button.
  group.setToolPassive(FindingBoxTool.toolName);
  group.setToolPassive(SourcedLengthTool.toolName);
  group.setToolActive(PanTool.toolName, { bindings: [{ mouseButton: Auxiliary }] });
  group.setToolActive(ZoomTool.toolName, { bindings: [{ mouseButton: Secondary }, { numTouchPoints: 2 }] });
  group.setToolActive(StackScrollTool.toolName, { bindings: [{ mouseButton: Wheel }, { numTouchPoints: 3 }] });
  group.setToolActive(WindowLevelTool.toolName, { bindings: LEFT });
  group.addViewport(viewportId, engineId);
  return group;
}

export function setLeftTool(group: Types.IToolGroup, tool: LeftTool): void {
  const current = group.getActivePrimaryMouseButtonTool();
  if (current === TOOL_NAMES[tool]) return;
  if (current !== undefined) group.setToolPassive(current, { removeAllBindings: LEFT });
  group.setToolActive(TOOL_NAMES[tool], { bindings: LEFT });
}

export function destroyToolGroup(id: string): void {
  ToolGroupManager.destroyToolGroup(id);
}
