"""What every endpoint shares: sign-in, permissions, errors, parsing, pages of a list."""
