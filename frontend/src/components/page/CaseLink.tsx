/** A case by its one name, which leads to its line in the list of cases. */
import { Anchor } from '@mantine/core';
import { Link } from 'react-router';

export function CaseLink({ slug, label }: { slug: string; label: string }) {
  return (
    <Anchor component={Link} to={`/p/${slug}/cases?find=${encodeURIComponent(label)}`} size="sm">
      {label}
    </Anchor>
  );
}
