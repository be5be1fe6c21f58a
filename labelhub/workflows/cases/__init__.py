"""Rules that cross applications about the cases of a project: their list, and what managers do with them."""
