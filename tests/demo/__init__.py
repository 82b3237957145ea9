"""The demonstration's parts; the story itself is told in tests/stories."""
