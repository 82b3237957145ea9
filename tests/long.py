"""What takes long: `make test-long` runs it, and so does CI. Without it `make test` takes five minutes on two cores."""

import os

import pytest

long = pytest.mark.skipif(not os.environ.get("LONG"), reason="make test-long runs it")
