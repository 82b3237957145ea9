"""`make bench`: ratios measured side by side in one run. Never part of the test suite; its helpers' tests are.

Everything that is compared takes turns (A B A B), and medians are compared, so that what else the machine does hits
both. Servers and the load are processes of their own, so that no one's cost falls on another's interpreter.
"""
