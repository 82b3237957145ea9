"""The rules, a file a moment. A rule reads what was seen and acts on nothing."""
