/** Route of this feature. */
export function AdjudicateRoute() {
  return null;
}
