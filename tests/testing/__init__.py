"""What other people's tests get: the private Heroku, the scripted partner, the plugin of pytest."""
