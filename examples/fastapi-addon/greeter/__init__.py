"""An add-on for Heroku: each customer gets a greeting of their own, at a secret address."""
