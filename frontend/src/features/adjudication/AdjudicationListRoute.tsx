/** Route of this feature. */
export function AdjudicationListRoute() {
  return null;
}
