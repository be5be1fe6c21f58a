"""Background work: Celery tasks, and numerical packages that know neither Django nor Celery."""
