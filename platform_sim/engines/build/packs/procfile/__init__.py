"""heroku/procfile: an app that is nothing but its Procfile and files; installs nothing."""
