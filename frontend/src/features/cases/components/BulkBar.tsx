/** What can be done with the cases that are ticked. */
import { Button, Menu } from '@mantine/core';
import { IconArrowsShuffle, IconChevronDown } from '@tabler/icons-react';
import { useState, type ComponentType } from 'react';
import { Link } from 'react-router';

import { ALL, ExportMenu, LABELS, MOST_EXPORTED } from '../../../components/page/ExportMenu';
import { numbersText } from '../../../lib/caseNumbers';
import { count, plural } from '../../../lib/format';
import classes from '../cases.module.css';
import { listed, type Ticked, type Ticks } from '../ticks';
import { BringBackDialog } from './BringBackDialog';
import type { BulkDialogProps } from './BulkDialog';
import { ExcludeDialog } from './ExcludeDialog';
import { ReadFirstDialog } from './ReadFirstDialog';
import { ReadInTurnDialog } from './ReadInTurnDialog';

const WHAT = ALL.filter((what) => what !== 'agreement');

const ACTIONS: { name: string; label: string; Dialog: ComponentType<BulkDialogProps> }[] = [
  { name: 'exclude', label: 'Exclude …', Dialog: ExcludeDialog },
  { name: 'bring-back', label: 'Bring back …', Dialog: BringBackDialog },
  { name: 'read-first', label: 'Read first …', Dialog: ReadFirstDialog },
  { name: 'read-in-turn', label: 'Read in turn …', Dialog: ReadInTurnDialog },
];

interface BulkBarProps {
  slug: string;
  ticks: Ticks;
  shown: Ticked[];
  isManager: boolean;
  /** She manages the project, and it is at work. */
  mayChange: boolean;
  reads: boolean;
  onClear: () => void;
}

export function BulkBar({ slug, ticks, shown, isManager, mayChange, reads, onClear }: BulkBarProps) {
  const [action, setAction] = useState<string | null>(null);
  const cases = listed(ticks);
  const chosen = ACTIONS.find(({ name }) => name === action);
  if (cases.length === 0) return null;
  const numbers = cases.map(({ number }) => number);
  const nElsewhere = cases.length - shown.filter(({ id }) => ticks.has(id)).length;
  return (
    <section className={classes.bulk} aria-label="Ticked cases" data-testid="bulk">
      <strong aria-live="polite">{plural(cases.length, 'case')} ticked</strong>
      {nElsewhere > 0 && <span className="lh-note">{count(nElsewhere)} of them not on this page</span>}
      {cases.length > MOST_EXPORTED && <span className="lh-note">At most {count(MOST_EXPORTED)} are exported at once.</span>}
      <div className={classes.bulkSide}>
        {mayChange && (
          <Menu position="top-end" withinPortal transitionProps={{ duration: 0 }}>
            <Menu.Target>
              <Button size="xs" variant="default" rightSection={<IconChevronDown size={14} />} data-testid="bulk-change">
                Change
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {ACTIONS.map(({ name, label }) => (
                <Menu.Item key={name} onClick={() => setAction(name)} data-testid={`bulk-${name}`}>
                  {label}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
        {mayChange && (
          <Button
            size="xs"
            variant="default"
            component={Link}
            to={`/p/${slug}/rounds?cases=${numbersText(numbers).replaceAll(' ', '')}`}
            leftSection={<IconArrowsShuffle size={15} />}
            data-testid="bulk-round"
          >
            Send to a round
          </Button>
        )}
        <ExportMenu slug={slug} what={isManager ? WHAT : LABELS} reads={reads} cases={numbers} />
        <Button size="xs" variant="subtle" onClick={onClear} data-testid="bulk-clear">
          Clear
        </Button>
      </div>
      {chosen !== undefined && (
        <chosen.Dialog
          slug={slug}
          cases={cases}
          onDone={() => {
            setAction(null);
            onClear();
          }}
          onClose={() => setAction(null)}
        />
      )}
    </section>
  );
}
