"""The operator's terminal: commands of `platform-sim`, each a client of a running platform over HTTP.

May touch the terminal, the files its options name, and a platform on this machine; reads the environment through
`settings`. No rows, no Flask, no `subprocess`. Nothing heavy is imported before a command needs it: a command answers
within 150 ms (design §5), so every command is a module of its own and `lazy` loads it by name.
"""
