"""REST API: one module per resource, in folders by subject."""
