/** All keys on one sheet, made from the table that the keyboard itself uses. */
import { Dialog } from '../../../components/Dialog';
import type { LabelSchema } from '../../../api/types';
import { BINDINGS } from '../keys';
import classes from './dialogs.module.css';

interface KeySheetProps {
  opened: boolean;
  onClose: () => void;
  schema: LabelSchema;
}

const MOUSE: [string, string][] = [
  ['Left', 'window, or the chosen tool'],
  ['Middle', 'move'],
  ['Right', 'zoom'],
  ['Wheel', 'scroll the stack'],
  ['Double click', 'fit to the window'],
];

export function KeySheet({ opened, onClose, schema }: KeySheetProps) {
  return (
    <Dialog title="Keys" opened={opened} onClose={onClose} size={860} testId="key-sheet">
      <div className={classes.sheet}>
        <section>
          <h3>Findings</h3>
          <dl>
            {schema.findings.map((finding) => (
              <Line key={finding.code} shown={finding.hotkey.toUpperCase()} does={`${finding.name} present, again: open`} />
            ))}
          </dl>
          <h3>Mouse</h3>
          <dl>
            {MOUSE.map(([shown, does]) => (
              <Line key={shown} shown={shown} does={does} />
            ))}
          </dl>
        </section>
        <section>
          <Group name="Answers" />
          <Group name="Case" />
          <Group name="Marks" />
          <dl>
            <Line shown="Ctrl Z" does="Undo" />
            <Line shown="Ctrl Y" does="Redo" />
          </dl>
        </section>
        <section>
          <Group name="Image" />
          <dl>
            <Line shown="Shift 1–9" does="Window presets" />
          </dl>
        </section>
      </div>
    </Dialog>
  );
}

function Group({ name }: { name: (typeof BINDINGS)[number]['group'] }) {
  return (
    <>
      <h3>{name}</h3>
      <dl>
        {BINDINGS.filter((binding) => binding.group === name).map((binding) => (
          <Line key={binding.shown} shown={binding.shown} does={binding.does} />
        ))}
      </dl>
    </>
  );
}

function Line({ shown, does }: { shown: string; does: string }) {
  return (
    <>
      <dt>
        <kbd>{shown}</kbd>
      </dt>
      <dd>{does}</dd>
    </>
  );
}
