/** The head of a table: one name a column, heard also where it is not shown. */
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react';
import type { CSSProperties, ReactNode } from 'react';

export interface Column {
  name: string;
  key?: string;
  /** Stands at the right edge, above figures. */
  isFigures?: boolean;
  isHidden?: boolean;
  width?: CSSProperties['width'];
  order?: Order;
  /** Stands there instead of the name, and says it. */
  content?: ReactNode;
}

/** The rows stand in the order of this column, which can be turned round; without a direction they can stand so. */
export interface Order {
  direction?: 'ascending' | 'descending';
  onTurn: () => void;
}

/** A plain string is a column of words. */
export function TableHead({ columns }: { columns: (string | Column)[] }) {
  return (
    <thead>
      <tr>
        {columns.map((each) => (typeof each === 'string' ? { name: each } : each)).map(({ name, key = name, ...column }) => (
          <th
            key={key}
            scope="col"
            className={column.isFigures ? 'lh-num' : undefined}
            style={{ width: column.width }}
            aria-sort={column.order?.direction}
          >
            {column.order !== undefined && <OrderedName name={name} order={column.order} />}
            {column.order === undefined && (column.content ?? (column.isHidden ? <span className="lh-hidden">{name}</span> : name))}
          </th>
        ))}
      </tr>
    </thead>
  );
}

const ARROWS = { ascending: IconArrowUp, descending: IconArrowDown };

function OrderedName({ name, order }: { name: string; order: Order }) {
  const Arrow = order.direction === undefined ? IconArrowsSort : ARROWS[order.direction];
  const title = order.direction === undefined ? 'Order the list by this' : 'Turn the order round';
  return (
    <button type="button" className="lh-order-button" title={title} onClick={order.onTurn}>
      {name}
      <Arrow size={13} aria-hidden opacity={order.direction === undefined ? 0.45 : 1} />
    </button>
  );
}

export function figures(name: string, key = name): Column {
  return { name, key, isFigures: true };
}

/** A column whose cells speak for themselves. */
export function untitled(name: string): Column {
  return { name, isHidden: true };
}
