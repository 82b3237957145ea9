"""What the platform *is*: nouns, rows, verbs, rules. No socket, no process, no Flask in here."""
