/** Route of this feature. */
export function ReadRoute() {
  return null;
}
