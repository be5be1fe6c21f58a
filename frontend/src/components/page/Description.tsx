/** What a project is about, as its manager wrote it; a long one is unfolded. */
import { Spoiler } from '@mantine/core';

export function Description({ text }: { text: string }) {
  if (text === '') return null;
  return (
    <Spoiler maxHeight={66} showLabel="Show all" hideLabel="Show less" fz="sm" styles={{ control: { fontSize: 13 } }} data-testid="description">
      <div style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere', maxWidth: '90ch' }}>{text}</div>
    </Spoiler>
  );
}
