/** The key sheet of the reading workspace, made from the table that the keyboard itself uses. Pure. */
import type { LabelSchema } from '../../../api/types';
import type { KeyGroup } from '../../../components/dialogs/KeySheet';
import { PRESETS_LINE } from '../../../viewer/viewKeys';
import { BINDINGS } from './keys';

const EXTRA: Record<string, { shown: string; does: string }[]> = {
  Answers: [
    { shown: 'Ctrl Z', does: 'Undo' },
    { shown: 'Ctrl Y', does: 'Redo' },
  ],
  Image: [PRESETS_LINE],
};

export function keyGroups(schema: LabelSchema): KeyGroup[] {
  const findings = schema.findings.map((finding) => ({
    shown: finding.hotkey.toUpperCase(),
    does: `${finding.name} present; again: open`,
  }));
  const groups = ['Answers', 'Case', 'Marks', 'Image'].map((name) => ({
    name,
    lines: [...BINDINGS.filter((binding) => binding.group === name), ...(EXTRA[name] ?? [])],
  }));
  return [{ name: 'Findings', lines: findings }, ...groups];
}
