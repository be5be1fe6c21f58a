/** All keys of a workspace on one sheet. */
import { Dialog } from './Dialog';
import classes from './keySheet.module.css';

export interface KeyGroup {
  name: string;
  lines: { shown: string; does: string }[];
}

interface KeySheetProps {
  opened: boolean;
  onClose: () => void;
  groups: KeyGroup[];
}

/** The mouse works alike in every workspace. */
const MOUSE: KeyGroup = {
  name: 'Mouse',
  lines: [
    { shown: 'Left', does: 'window, or the chosen tool' },
    { shown: 'Middle', does: 'move' },
    { shown: 'Right', does: 'zoom' },
    { shown: 'Wheel', does: 'scroll the stack' },
    { shown: 'Double', does: 'fit to the window' },
  ],
};

export function KeySheet({ opened, onClose, groups }: KeySheetProps) {
  return (
    <Dialog title="Keys" opened={opened} onClose={onClose} size={880} testId="key-sheet">
      <div className={classes.sheet}>
        {[...groups, MOUSE].map((group) => (
          <section key={group.name}>
            <h3>{group.name}</h3>
            <dl>
              {group.lines.map((line) => (
                <div key={line.shown + line.does}>
                  <dt>
                    <kbd>{line.shown}</kbd>
                  </dt>
                  <dd>{line.does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
