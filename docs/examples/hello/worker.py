"""A worker dyno: says that it lives, then sleeps until the platform ends it."""

import os
import time

print(f"{os.environ['DYNO']} works", flush=True)
while True:
    time.sleep(60)
