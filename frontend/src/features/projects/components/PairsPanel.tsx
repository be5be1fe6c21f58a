/** Who agrees with whom: findings down, pairs of readers across, the stronger the colour the better. */
import { SegmentedControl, Tooltip } from '@mantine/core';
import { useState } from 'react';

import type { AgreementRow, PairRow } from '../../../api/dashboard';
import { Blank } from '../../../components/messages/Blank';
import { ChartFrame } from '../../../components/charts/ChartFrame';
import { FittedText } from '../../../components/charts/FittedText';
import { estimateText } from '../../../lib/estimate';
import { decimal, plural } from '../../../lib/format';
import { pairGrid, strength, type PairMeasure } from '../pairs';

const MEASURES: { value: PairMeasure; label: string }[] = [
  { value: 'cohen', label: 'Cohen κ' },
  { value: 'ac1', label: 'Gwet AC1' },
  { value: 'percent', label: 'Percent' },
];
const LABEL = 130;
const HEAD = 44;
const ROW = 30;
const MIN_CELL = 72;

export function PairsPanel({ rows, findings }: { rows: PairRow[]; findings: AgreementRow[] }) {
  const [measure, setMeasure] = useState<PairMeasure>('cohen');
  if (rows.length === 0) {
    return <Blank title="No pair yet">Two readers need cases in common before they can be compared.</Blank>;
  }
  const grid = pairGrid(
    rows,
    findings.map(({ finding }) => finding),
  );
  const height = HEAD + grid.findings.length * ROW;
  return (
    <ChartFrame
      name={`Agreement by pair of readers ${measure}`}
      description={rows.map((row) => `${row.finding}, ${row.first} and ${row.second}: ${estimateText(row[measure])}`).join('; ')}
      height={height}
      minWidth={LABEL + grid.pairs.length * MIN_CELL}
      controls={
        <SegmentedControl
          size="xs"
          aria-label="Measure of agreement of pairs"
          value={measure}
          onChange={(value) => setMeasure(value as PairMeasure)}
          data={MEASURES}
        />
      }
      table={{
        header: ['finding', 'first', 'second', 'cases', measure, 'low', 'high', 'note'],
        rows: rows.map((row) => [
          row.finding,
          row.first,
          row.second,
          row.n,
          row[measure]?.value,
          row[measure]?.low,
          row[measure]?.high,
          row.reasons[measure],
        ]),
      }}
    >
      {(width) => {
        const cell = Math.min(150, (width - LABEL) / grid.pairs.length);
        return (
          <>
            {grid.pairs.map((pair, i) => (
              <PairHead key={`${pair.first}/${pair.second}`} pair={pair} x={LABEL + (i + 0.5) * cell} width={cell} />
            ))}
            {grid.findings.map((finding, i) => (
              <g key={finding} transform={`translate(0 ${HEAD + i * ROW})`}>
                <FittedText
                  text={findings.find((each) => each.finding === finding)?.name ?? finding}
                  room={LABEL - 10}
                  x={LABEL - 10}
                  y={ROW / 2 + 4}
                  textAnchor="end"
                  fill="var(--chart-ink)"
                />
                {grid.pairs.map((pair, j) => {
                  const row = grid.cell(finding, pair);
                  return row && <PairCell key={j} row={row} measure={measure} x={LABEL + j * cell} width={cell} />;
                })}
              </g>
            ))}
          </>
        );
      }}
    </ChartFrame>
  );
}

function PairHead({ pair, x, width }: { pair: { first: string; second: string }; x: number; width: number }) {
  return (
    <g fill="var(--chart-dim)" textAnchor="middle">
      <FittedText text={pair.first} room={width} fontSize={11} x={x} y={14} />
      <FittedText text={pair.second} room={width} fontSize={11} x={x} y={29} />
    </g>
  );
}

function PairCell({ row, measure, x, width }: { row: PairRow; measure: PairMeasure; x: number; width: number }) {
  const figure = row[measure];
  return (
    <Tooltip
      multiline
      label={`${row.first} and ${row.second}, ${plural(row.n, 'case')}: ${MEASURES.map(({ value, label }) => `${label} ${estimateText(row[value])}`).join(', ')}. ${row.reasons[measure] ?? ''}`}
    >
      <g>
        <rect x={x + 1} y={1} width={width - 2} height={ROW - 2} fill="var(--chart-grid)" opacity={0.5} />
        <rect
          x={x + 1}
          y={1}
          width={width - 2}
          height={ROW - 2}
          fill="var(--chart-accent)"
          opacity={strength(figure?.value) * 0.55}
        />
        <text x={x + width / 2} y={ROW / 2 + 4} textAnchor="middle" fill="var(--chart-ink)">
          {decimal(figure?.value)}
          <tspan fill="var(--chart-dim)">{`  n ${row.n}`}</tspan>
        </text>
      </g>
    </Tooltip>
  );
}
