"""The pages in a real browser, by clicking: only where a Chromium is (`make test-browser`)."""
