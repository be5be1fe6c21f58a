/** What exactly a server refused, from the details of its answer. */

/** Sentences for a person: a list of problems, or complaints by field. Empty when the details hold neither. */
export function refusalDetails(error: unknown): string[] {
  const details = typeof error === 'object' && error !== null && 'details' in error ? error.details : null;
  if (typeof details !== 'object' || details === null) return [];
  if ('problems' in details && Array.isArray(details.problems)) return details.problems.map(sentence);
  return Object.entries(details).flatMap(([field, complaints]) =>
    Array.isArray(complaints) ? complaints.map((each) => `${field.replaceAll('_', ' ')}: ${sentence(each)}`) : [],
  );
}

function sentence(problem: unknown): string {
  if (typeof problem === 'string') return problem;
  if (typeof problem === 'object' && problem !== null && 'message' in problem) return String(problem.message);
  return JSON.stringify(problem);
}
