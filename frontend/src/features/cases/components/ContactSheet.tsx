/** Pictures of two hundred cases, to be scanned by eye. */
import { SegmentedControl } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { memo, type MouseEvent } from 'react';
import { Link } from 'react-router';

import type { CaseRow } from '../api/cases';
import type { Under } from '../asked';
import classes from '../cases.module.css';
import { underText } from '../outcomeText';
import { stateMark } from '../states';
import { share } from '../ticks';
import type { CasesViewProps } from './CasesTable';
import { TickAll, TickBox } from './TickBox';

const SIZES = ['small', 'medium', 'large'];

interface ContactSheetProps extends CasesViewProps {
  under: Under;
  /** Labels may stand under the pictures: outcomes are shown. */
  hasLabels: boolean;
  onUnder: (under: Under) => void;
}

export function ContactSheet({ slug, cases, findings, under, hasLabels, hasScores, onUnder, ticks, onTick, onTickAll, onOpen }: ContactSheetProps) {
  const [size, setSize] = useLocalStorage({ key: 'labelhub-sheet-size', defaultValue: 'medium', getInitialValueInEffect: false });
  const shown = !hasScores ? 'labels' : hasLabels ? under : 'score';
  return (
    <>
      <div className={classes.sheetHead}>
        <TickAll ticked={share(ticks, cases)} onTickAll={onTickAll} />
        {hasLabels && hasScores && (
          <SegmentedControl
            size="xs"
            aria-label="Under each picture"
            data={[
              { value: 'labels', label: 'Labels' },
              { value: 'score', label: 'Model’s score' },
            ]}
            value={shown}
            onChange={(value) => onUnder(value as Under)}
            data-testid="sheet-under"
          />
        )}
        {!hasLabels && hasScores && <span className="lh-note">Under each picture: the model’s score</span>}
        <SegmentedControl size="xs" aria-label="Size of the pictures" data={SIZES} value={size} onChange={setSize} data-testid="sheet-size" />
      </div>
      <ul className={classes.sheet} data-size={size} data-testid="sheet">
        {cases.map((row) => (
          <Tile
            key={row.id}
            slug={slug}
            row={row}
            text={underText(row, shown, findings)}
            isTicked={ticks.has(row.id)}
            onTick={onTick}
            onOpen={onOpen}
          />
        ))}
      </ul>
    </>
  );
}

interface TileProps {
  slug: string;
  row: CaseRow;
  text: string;
  isTicked: boolean;
  onTick: (id: string, toRange: boolean) => void;
  onOpen: (id: string) => void;
}

const Tile = memo(function Tile({ slug, row, text, isTicked, onTick, onOpen }: TileProps) {
  const { tone, name } = stateMark(row.state);
  const press = (event: MouseEvent) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey) onTick(row.id, event.shiftKey);
    else onOpen(row.id);
  };
  return (
    <li className={classes.tile} data-ticked={isTicked || undefined} data-testid={`tile-${row.number}`}>
      {/* Reached by the keys of its tick box. */}
      <button type="button" className={classes.picture} tabIndex={-1} aria-label={`${row.label}: why it was offered`} onClick={press}>
        {row.thumbnail_url !== '' && (
          <img src={row.thumbnail_url} alt="" loading="lazy" decoding="async" width={256} height={256} />
        )}
      </button>
      <TickBox id={row.id} label={row.label} isTicked={isTicked} onTick={onTick} />
      <div className={classes.caption}>
        <div className={classes.name} title={name}>
          <Link to={`/p/${slug}/cases/${row.number}`} tabIndex={-1}>
            {row.label}
          </Link>
          <span className="lh-state" data-tone={tone}>
            <span className="lh-hidden">{name}</span>
          </span>
        </div>
        <div className={classes.under} title={text}>
          {text}
        </div>
      </div>
    </li>
  );
});
