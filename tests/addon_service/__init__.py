"""Tests of the reference partner; the platform is played by `heroku.FakeHeroku`."""
