"""`platform-sim heroku ...`: the customer's commands for machines without Node.

Same names, requests and words as the real CLI (heroku-cli §7, §15), over the same HTTP API; one file a topic. May touch
what `cli` may.
"""
