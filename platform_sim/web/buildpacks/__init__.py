"""The registry of buildpacks that the CLI asks for short names; Flask, `core.model` only."""
