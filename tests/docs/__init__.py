"""The documentation, held to the code: examples run, pages are whole, what is generated is up to date."""
