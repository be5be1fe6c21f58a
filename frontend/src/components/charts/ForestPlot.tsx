/** One estimate with its interval per row, on one axis: agreement per finding, or a model's metrics. */
import type { Estimate } from '../../lib/estimate';
import { estimateText } from '../../lib/estimate';
import { decimal } from '../../lib/format';
import { linearScale, ticks } from '../../lib/scale';
import { ChartFrame } from './ChartFrame';
import { FittedText } from './FittedText';

export interface ForestRow {
  label: string;
  estimate: Estimate | null;
  n: number | null;
  /** Why there is no estimate, said in its place; or no interval, said in the table. */
  reason?: string | null;
}

interface ForestPlotProps {
  name: string;
  /** What the axis measures. */
  measure: string;
  domain: readonly [number, number];
  /** A value worth a line, such as chance. */
  reference?: number;
  rows: ForestRow[];
  controls?: React.ReactNode;
}

const ROW = 26;
const FOOT = 40;
const TEXT = 170;

export function ForestPlot({ name, measure, domain, reference, rows, controls }: ForestPlotProps) {
  const height = rows.length * ROW + FOOT;
  return (
    <ChartFrame
      name={name}
      description={`${measure}: ${rows.map((row) => `${row.label} ${estimateText(row.estimate)}`).join('; ')}`}
      height={height}
      controls={controls}
      table={{
        header: ['finding', 'n', measure, 'low', 'high', 'note'],
        rows: rows.map((row) => [
          row.label,
          row.n,
          row.estimate?.value,
          row.estimate?.low,
          row.estimate?.high,
          row.estimate && row.estimate.low !== null ? null : row.reason,
        ]),
      }}
    >
      {(width) => {
        const labelWidth = Math.min(220, Math.max(84, width * 0.24));
        const x = linearScale(widened(domain, rows), [labelWidth + 8, Math.max(labelWidth + 60, width - TEXT)]);
        return (
          <>
            <Axis x={x} bottom={rows.length * ROW} measure={measure} reference={reference} />
            {rows.map((row, i) => (
              <Row key={row.label} row={row} x={x} y={i * ROW + ROW / 2} labelWidth={labelWidth} right={width} />
            ))}
          </>
        );
      }}
    </ChartFrame>
  );
}

/** The domain, taken down in steps of 0.2 to the lowest estimate: nothing is drawn where it is not. */
function widened([low, high]: readonly [number, number], rows: ForestRow[]): readonly [number, number] {
  const values = rows.flatMap(({ estimate }) => (estimate ? [estimate.value, estimate.low ?? estimate.value] : []));
  return [Math.max(-1, Math.min(low, ...values.map((value) => Math.floor(value * 5) / 5))), high];
}

type X = ReturnType<typeof linearScale>;

function Axis({ x, bottom, measure, reference }: { x: X; bottom: number; measure: string; reference?: number }) {
  const [low, high] = x.domain;
  return (
    <g>
      {ticks(x.domain, 6).map((tick) => (
        <g key={tick}>
          <line x1={x(tick)} x2={x(tick)} y1={0} y2={bottom} stroke="var(--chart-grid)" />
          <text x={x(tick)} y={bottom + 15} textAnchor="middle" fill="var(--chart-dim)" fontSize={11}>
            {decimal(tick, 1)}
          </text>
        </g>
      ))}
      {reference !== undefined && (
        <line
          x1={x(reference)}
          x2={x(reference)}
          y1={0}
          y2={bottom}
          stroke="var(--chart-dim)"
          strokeDasharray="3 3"
        />
      )}
      <text x={(x(low) + x(high)) / 2} y={bottom + 33} textAnchor="middle" fill="var(--chart-dim)" fontSize={11}>
        {measure}
      </text>
    </g>
  );
}

interface RowProps {
  row: ForestRow;
  x: X;
  y: number;
  labelWidth: number;
  right: number;
}

function Row({ row, x, y, labelWidth, right }: RowProps) {
  const { estimate } = row;
  const clamp = (value: number) => Math.min(x.domain[1], Math.max(x.domain[0], value));
  return (
    <g>
      <FittedText text={row.label} room={labelWidth} x={labelWidth} y={y + 4} textAnchor="end" fill="var(--chart-ink)" />
      {estimate ? (
        <>
          {estimate.low !== null && estimate.high !== null && (
            <line
              x1={x(clamp(estimate.low))}
              x2={x(clamp(estimate.high))}
              y1={y}
              y2={y}
              stroke="var(--chart-accent)"
              strokeWidth={2}
            />
          )}
          <rect x={x(clamp(estimate.value)) - 4} y={y - 4} width={8} height={8} fill="var(--chart-accent)" />
          <text x={right} y={y + 4} textAnchor="end" fill="var(--chart-ink)">
            {estimateText(estimate)}
            <tspan fill="var(--chart-dim)">{row.n === null ? '' : `  n ${row.n}`}</tspan>
          </text>
        </>
      ) : (
        <text
          x={x(x.domain[0]) + 6}
          y={y + 4}
          fill="var(--chart-dim)"
          stroke="var(--chart-ground)"
          strokeWidth={5}
          paintOrder="stroke"
        >
          {row.reason ?? 'Not enough reads yet.'}
        </text>
      )}
    </g>
  );
}
