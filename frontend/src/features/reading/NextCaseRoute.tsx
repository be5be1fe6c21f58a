/** Route of this feature. */
export function NextCaseRoute() {
  return null;
}
