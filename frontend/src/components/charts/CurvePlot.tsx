/** Lines over a common axis, with intervals where there are some: learning curves and training histories. */
import { decimal, count } from '../../lib/format';
import { linearScale, roundDomain, spread, ticks, type Scale } from '../../lib/scale';
import { ChartFrame } from './ChartFrame';

export interface CurvePoint {
  x: number;
  y: number;
  low?: number | null;
  high?: number | null;
}

export interface Curve {
  label: string;
  colour: string;
  points: CurvePoint[];
}

interface CurvePlotProps {
  name: string;
  xLabel: string;
  yLabel: string;
  curves: Curve[];
  /** Left out: from the data. */
  yDomain?: readonly [number, number];
  /** The x axis begins at 0. */
  fromZero?: boolean;
  reference?: { y: number; label: string };
  height?: number;
}

const MARGIN = { top: 10, right: 128, bottom: 40, left: 46 };

export function CurvePlot({ name, xLabel, yLabel, curves, yDomain, fromZero = false, reference, height = 260 }: CurvePlotProps) {
  const points = curves.flatMap((curve) => curve.points);
  const bottom = height - MARGIN.bottom;
  return (
    <ChartFrame
      name={name}
      description={`${yLabel} by ${xLabel}, ${curves.map((curve) => curve.label).join(', ')}`}
      height={height}
      table={{
        header: ['series', xLabel, yLabel, 'low', 'high'],
        rows: curves.flatMap((curve) => curve.points.map((p) => [curve.label, p.x, p.y, p.low, p.high])),
      }}
    >
      {(width) => {
        const right = width - MARGIN.right;
        const xs = points.map((p) => p.x);
        const x = linearScale(roundDomain(fromZero ? [0, ...xs] : xs), [MARGIN.left, right]);
        const y = linearScale(yDomain ?? roundDomain(points.map((p) => p.y)), [bottom, MARGIN.top]);
        return (
          <>
            <Grid x={x} y={y} xLabel={xLabel} right={right} bottom={bottom} />
            {reference && <Reference y={y(reference.y)} label={reference.label} right={right} />}
            {curves.map((curve, i) => (
              // Intervals at the same place stand side by side.
              <CurveLine key={curve.label} curve={curve} x={x} y={y} aside={(i - (curves.length - 1) / 2) * 5} />
            ))}
            <EndLabels curves={curves} x={right + 10} y={y} top={MARGIN.top} bottom={bottom} />
            <text x={MARGIN.left} y={height - 6} fill="var(--chart-dim)" fontSize={11}>
              {yLabel}
            </text>
          </>
        );
      }}
    </ChartFrame>
  );
}

interface GridProps {
  x: Scale;
  y: Scale;
  xLabel: string;
  right: number;
  bottom: number;
}

function Grid({ x, y, xLabel, right, bottom }: GridProps) {
  const yTicks = ticks(y.domain, 5);
  const digits = yTicks.length > 1 && yTicks[1] - yTicks[0] < 0.1 ? 2 : 1;
  return (
    <g fill="var(--chart-dim)" fontSize={11}>
      {yTicks.map((tick) => (
        <g key={tick}>
          <line x1={MARGIN.left} x2={right} y1={y(tick)} y2={y(tick)} stroke="var(--chart-grid)" />
          <text x={MARGIN.left - 8} y={y(tick) + 4} textAnchor="end">
            {decimal(tick, digits)}
          </text>
        </g>
      ))}
      {ticks(x.domain, 6)
        .filter(Number.isInteger)
        .map((tick) => (
          <text key={tick} x={x(tick)} y={bottom + 16} textAnchor="middle">
            {count(tick)}
          </text>
        ))}
      <text x={right} y={bottom + 34} textAnchor="end">
        {xLabel}
      </text>
    </g>
  );
}

function Reference({ y, label, right }: { y: number; label: string; right: number }) {
  return (
    <g>
      <line x1={MARGIN.left} x2={right} y1={y} y2={y} stroke="var(--chart-dim)" strokeDasharray="3 3" />
      <text x={MARGIN.left + 4} y={y - 5} fill="var(--chart-dim)" fontSize={11}>
        {label}
      </text>
    </g>
  );
}

function CurveLine({ curve, x: place, y, aside }: { curve: Curve; x: Scale; y: Scale; aside: number }) {
  const hasIntervals = curve.points.some((p) => typeof p.low === 'number');
  const x = (value: number) => place(value) + (hasIntervals ? aside : 0);
  const path = curve.points.map((p, i) => `${i === 0 ? 'M' : 'L'}${x(p.x).toFixed(1)} ${y(p.y).toFixed(1)}`).join('');
  const clamp = (value: number) => Math.min(y.domain[1], Math.max(y.domain[0], value));
  const dense = curve.points.length > 40;
  return (
    <g stroke={curve.colour} fill={curve.colour}>
      <path d={path} fill="none" strokeWidth={2} />
      {curve.points.map((p) => (
        <g key={p.x}>
          {typeof p.low === 'number' && typeof p.high === 'number' && (
            <line x1={x(p.x)} x2={x(p.x)} y1={y(clamp(p.low))} y2={y(clamp(p.high))} strokeWidth={1} opacity={0.7} />
          )}
          {!dense && <circle cx={x(p.x)} cy={y(p.y)} r={3} stroke="none" />}
        </g>
      ))}
    </g>
  );
}

/** Names at the right end of the lines, pushed apart where lines end close together. */
function EndLabels({ curves, x, y, top, bottom }: { curves: Curve[]; x: number; y: Scale; top: number; bottom: number }) {
  const places = spread(
    curves.map((curve) => (curve.points.length > 0 ? y(curve.points[curve.points.length - 1].y) : bottom)),
    15,
    top + 6,
    bottom,
  );
  return (
    <g>
      {curves.map((curve, i) => (
        <g key={curve.label}>
          <rect x={x} y={places[i] - 4} width={8} height={8} fill={curve.colour} />
          <text x={x + 13} y={places[i] + 4} fill="var(--chart-ink)">
            {curve.label}
          </text>
        </g>
      ))}
    </g>
  );
}
