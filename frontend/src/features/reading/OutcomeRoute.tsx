/** Route of this feature. */
export function OutcomeRoute() {
  return null;
}
