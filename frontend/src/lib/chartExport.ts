/** A chart as a file of its own: the page's colour variables become the ink of a printed page. */

const PRINT: Record<string, string> = {
  ink: '#14171b',
  dim: '#5b636d',
  grid: '#dfe3e8',
  accent: '#1c6cbd',
  ground: '#ffffff',
};

/** Replace `var(--chart-…)` by print colours and put the chart on white. `svg` is a serialised element. */
export function printableSvg(svg: string, width: number, height: number): string {
  const coloured = svg.replace(/var\(--chart-([a-z]+)\)/g, (whole, name: string) => PRINT[name] ?? whole);
  const ground = `<rect width="${width}" height="${height}" fill="${PRINT.ground}"/>`;
  return coloured.replace(/^(<svg[^>]*>)/, `$1${ground}`);
}
