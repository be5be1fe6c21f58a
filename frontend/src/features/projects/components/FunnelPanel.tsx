/** How many cases get how far: read by all, discordant, decided, closed. */
import type { Dashboard } from '../../../api/dashboard';
import { ChartFrame } from '../../../components/charts/ChartFrame';
import { count } from '../../../lib/format';

const BAR = 22;
const STEP = 32;
const LABEL = 150;

export function FunnelPanel({ dashboard }: { dashboard: Dashboard }) {
  const { cases, discordant } = dashboard;
  const steps = [
    { label: 'Cases', n: cases.total },
    { label: 'Begun', n: cases.begun },
    { label: 'Read by two or more', n: discordant.n_read },
    { label: 'Discordant', n: discordant.n_discordant },
    { label: 'Adjudicated', n: discordant.decided },
    { label: 'Closed', n: cases.closed },
  ];
  const height = steps.length * STEP;
  const most = Math.max(1, ...steps.map((step) => step.n));
  return (
    <ChartFrame
      name="From reads to consensus"
      description={steps.map((step) => `${step.label} ${step.n}`).join(', ')}
      height={height}
      table={{ header: ['step', 'cases'], rows: steps.map((step) => [step.label, step.n]) }}
    >
      {(width) => {
        const full = Math.max(40, width - LABEL - 60);
        return steps.map((step, i) => {
          const y = i * STEP + (STEP - BAR) / 2;
          const length = (step.n / most) * full;
          return (
            <g key={step.label}>
              <text x={LABEL - 12} y={y + 15} textAnchor="end" fill="var(--chart-ink)">
                {step.label}
              </text>
              <rect x={LABEL} y={y} width={full} height={BAR} fill="var(--chart-grid)" opacity={0.45} />
              <rect x={LABEL} y={y} width={length} height={BAR} fill="var(--chart-accent)" opacity={0.85} />
              <text x={LABEL + full + 10} y={y + 15} fill="var(--chart-ink)">
                {count(step.n)}
              </text>
            </g>
          );
        });
      }}
    </ChartFrame>
  );
}
