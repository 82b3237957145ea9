"""The simulator's own paths, apart from everything that Heroku has: state, history, operator's acts."""
