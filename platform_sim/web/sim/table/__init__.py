"""The table of the `/sim` paths: of each what it does, what it takes, what it answers. A file a subject.

The document at `/sim/openapi.json` and docs/control-api.md are made from it; tests hold it to the routes and to every
answer they see. Knows nothing of Flask and nothing of rows.
"""
