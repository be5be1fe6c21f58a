/** The bare address of a project leads to the page of the person's role. */
import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from 'react-router';

import { sessionQuery } from '../../api/session';
import { NothingHere } from './CrashPage';
import { firstPage } from './navigation';

export function ProjectIndex() {
  const { slug } = useParams();
  const { data } = useQuery(sessionQuery);
  const project = data?.projects.find((each) => each.slug === slug);
  return project ? <Navigate to={firstPage(project.slug, project.roles)} replace /> : <NothingHere />;
}
