"""Django's PostgreSQL backend, whose connections belong to the process rather than to a thread."""
