/** What a finding is called; one that the schema no longer has goes by its code. */
export function findingName(findings: { code: string; name: string }[], code: string): string {
  return findings.find((finding) => finding.code === code)?.name ?? code;
}
