"""The app whose boot and answers are measured: Flask under waitress, pushed as `web.py`. Imports nothing of ours."""

import os

import waitress
from flask import Flask

app = Flask("bench")


@app.route("/")
def page() -> dict[str, str]:
    """About 1 KB of JSON, with the config var that the bench changes."""
    return {"value": os.environ.get("BENCH_VALUE", ""), "port": os.environ["PORT"], "filling": "x" * 950}


if __name__ == "__main__":
    waitress.serve(app, host="127.0.0.1", port=int(os.environ["PORT"]), threads=16, ident=None)
