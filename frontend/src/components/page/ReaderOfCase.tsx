/** A reader, and the number by which she speaks of the case: readers are not shown the project's own. */
export function ReaderOfCase({ name, position }: { name: string; position: number }) {
  return (
    <>
      <span style={{ overflowWrap: 'anywhere' }}>{name}</span>
      <div className="lh-note">calls it “My case {position}”</div>
    </>
  );
}
