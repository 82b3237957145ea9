"""A fake Heroku on one machine: apps, builds, dynos, and the add-on partner contract, offline."""
