/** The bare address of a project leads to the page of the person's role. */
import { Navigate, useParams } from 'react-router';

import { usePageSession } from '../../hooks/usePageSession';
import { NothingHere } from './CrashPage';
import { firstPage } from './navigation';

export function ProjectIndex() {
  const { slug } = useParams();
  const project = usePageSession().projects.find((each) => each.slug === slug);
  return project ? <Navigate to={firstPage(project.slug, project.roles)} replace /> : <NothingHere />;
}
