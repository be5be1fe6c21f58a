/** A label and where it comes from, drawn from left to right. */
import type { Graph, Node } from '../provenance';
import classes from './case.module.css';

const ROW = 58;

export function ProvenanceGraph({ graph, name }: { graph: Graph; name: string }) {
  const rows = Math.max(1, graph.nodes.filter((node) => node.column === 0).length);
  const height = rows * ROW;
  const at = new Map(graph.nodes.map((node) => [node.id, node]));
  return (
    <div className={classes.graph} style={{ height }} role="img" aria-label={spoken(graph, name)} data-testid="provenance">
      <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden>
        {graph.edges.map(([from, to]) => {
          const [left, right] = [at.get(from), at.get(to)];
          if (left === undefined || right === undefined) return null;
          return (
            <line
              key={`${from}/${to}`}
              x1={left.column === 0 ? 34 : 66}
              x2={right.column === 1 ? 36 : 70}
              y1={left.height * height}
              y2={right.height * height}
              vectorEffect="non-scaling-stroke"
            />
          );
        })}
      </svg>
      {graph.nodes.map((node) => (
        <div key={node.id} className={classes.node} data-column={node.column} style={{ top: node.height * height }} aria-hidden>
          <span title={node.title}>{node.title}</span>
          {node.value !== '' && <b data-value={node.value}>{node.value}</b>}
          {node.detail !== '' && <small title={node.detail}>{node.detail}</small>}
        </div>
      ))}
    </div>
  );
}

function spoken(graph: Graph, name: string): string {
  const say = (node: Node) => [node.title, node.value, node.detail].filter((part) => part !== '').join(', ');
  const of = (column: number) => graph.nodes.filter((node) => node.column === column).map(say).join('; ');
  return `${name}. Reads: ${of(0)}. Put together: ${of(1)}. ${of(2)}.`;
}
