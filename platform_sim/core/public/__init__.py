"""A row as the outside sees it: one function a resource, one dict literal each, keys as the schema declares."""
