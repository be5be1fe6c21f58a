/**
 * Where in the organ a mark lies. A menu, not a select: a select keeps the keyboard after a choice, and takes the letters
 * that are meant for the workspace for the first letters of other regions.
 */
import { Menu } from '@mantine/core';

import type { LabelSchema } from '../../../api/types';
import classes from './findings.module.css';

const NONE = { code: '', name: 'region' };

interface RegionMenuProps {
  /** What the mark is called in the list. */
  mark: string;
  regions: LabelSchema['region_classes'];
  region: string | null;
  disabled: boolean;
  onRegion: (region: string | null) => void;
  /** The keyboard goes back to the image, chosen or not. */
  onClosed: () => void;
}

export function RegionMenu({ mark, regions, region, disabled, onRegion, onClosed }: RegionMenuProps) {
  const shown = regions.find(({ code }) => code === region) ?? NONE;
  return (
    <Menu
      position="bottom-end"
      // In the panel, which is a landmark of the page; fixed, so that the panel does not cut it off.
      withinPortal={false}
      floatingStrategy="fixed"
      transitionProps={{ duration: 0 }}
      withInitialFocusPlaceholder={false}
      menuItemTabIndex={0}
      returnFocus={false}
      onClose={onClosed}
    >
      <Menu.Target>
        <button
          type="button"
          className={classes.region}
          aria-label={`Region of ${mark}: ${shown.name}`}
          title={shown.name}
          disabled={disabled}
        >
          {shown.name}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={shown.code} onChange={(code) => onRegion(code || null)}>
          {[{ ...NONE, name: 'No region' }, ...regions].map(({ code, name }) => (
            <Menu.RadioItem key={code} value={code} closeMenuOnClick>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
