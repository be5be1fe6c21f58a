/** The head of a table: one name a column, heard also where it is not shown. */
import type { CSSProperties } from 'react';

interface Column {
  name: string;
  key?: string;
  /** Stands at the right edge, above figures. */
  isFigures?: boolean;
  isHidden?: boolean;
  width?: CSSProperties['width'];
}

/** A plain string is a column of words. */
export function TableHead({ columns }: { columns: (string | Column)[] }) {
  return (
    <thead>
      <tr>
        {columns.map((each) => (typeof each === 'string' ? { name: each } : each)).map(({ name, key = name, ...column }) => (
          <th key={key} scope="col" className={column.isFigures ? 'lh-num' : undefined} style={{ width: column.width }}>
            {column.isHidden ? <span className="lh-hidden">{name}</span> : name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

export function figures(name: string, key = name): Column {
  return { name, key, isFigures: true };
}

/** A column whose cells speak for themselves. */
export function untitled(name: string): Column {
  return { name, isHidden: true };
}
