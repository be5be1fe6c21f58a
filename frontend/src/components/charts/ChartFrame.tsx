/** A chart with its name, its size on the page, and its data and drawing to take away. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconFileTypeSvg, IconTable } from '@tabler/icons-react';
import { useRef, type ReactNode } from 'react';

import { useWidth } from '../../hooks/useWidth';
import { printableSvg } from '../../lib/chartExport';
import { toCsv, type Cell } from '../../lib/csv';
import { downloadText } from '../../lib/download';

interface ChartFrameProps {
  /** Names the file and the drawing. */
  name: string;
  /** What the chart shows, for those who do not see it. */
  description: string;
  table: { header: string[]; rows: Cell[][] };
  height: number;
  /** A narrower page scrolls the chart sideways, in px. */
  minWidth?: number;
  controls?: ReactNode;
  /** Draws into an `<svg>` of the given width in px. */
  children: (width: number) => ReactNode;
}

export function ChartFrame({ name, description, table, height, minWidth = 0, controls, children }: ChartFrameProps) {
  const { ref, width: room } = useWidth();
  const width = room === 0 ? 0 : Math.max(room, minWidth);
  const svg = useRef<SVGSVGElement>(null);
  const file = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

  const saveSvg = () => {
    if (svg.current === null) return;
    const text = new XMLSerializer().serializeToString(svg.current);
    downloadText(printableSvg(text, width, height), `${file}.svg`, 'image/svg+xml');
  };

  return (
    <div className="lh-chart">
      <div className="lh-chart-head" data-bare={controls === undefined || undefined}>
        {controls}
        <div>
          <SaveButton label={`Save ${name} as SVG`} onClick={saveSvg} icon={<IconFileTypeSvg size={16} />} />
          <SaveButton
            label={`Save the data of ${name} as CSV`}
            onClick={() => downloadText(toCsv(table.header, table.rows), `${file}.csv`, 'text/csv')}
            icon={<IconTable size={16} />}
          />
        </div>
      </div>
      <div ref={ref} style={{ overflowX: 'auto' }}>
        <svg
          ref={svg}
          xmlns="http://www.w3.org/2000/svg"
          width={width || undefined}
          height={height}
          viewBox={width ? `0 0 ${width} ${height}` : undefined}
          role="img"
          aria-label={description}
          fontFamily="Inter, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif"
          fontSize={12}
          style={{ display: 'block' }}
        >
          {width > 0 && children(width)}
        </svg>
      </div>
    </div>
  );
}

function SaveButton({ label, onClick, icon }: { label: string; onClick: () => void; icon: ReactNode }) {
  return (
    <Tooltip label={label} openDelay={400}>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
