/** How a label came about, in words. */
const METHODS: Record<string, string> = {
  adjudicated: 'adjudicated',
  concordant: 'all agree',
  single: 'one read',
  majority: 'majority',
  any_positive: 'any positive',
  soft: 'left soft',
};

export function methodName(method: string): string {
  return METHODS[method] ?? method.replaceAll('_', ' ');
}
