"""The verbs: plain functions `verb(tx, actor, ...)`, a file a noun. They write rows, jobs and events; nothing else."""
