"""Projects, memberships, label schemas and reading protocols."""
