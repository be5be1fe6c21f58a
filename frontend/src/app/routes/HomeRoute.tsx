/** Start page: where a signed-in person goes next. */
import { Title } from '@mantine/core';

export function HomeRoute() {
  return <Title order={1}>LabelHub</Title>;
}
