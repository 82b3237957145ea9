"""Status host: how the platform fares, as `heroku status` asks. No token, only reads."""
