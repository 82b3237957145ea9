"""The real heroku CLI, unmodified, drives a platform. `make test-cli` installs it and sets HEROKU_CLI."""
