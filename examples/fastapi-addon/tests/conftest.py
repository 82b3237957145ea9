"""What Platform Sim is told of this service beside the settings in pyproject.toml."""


def holds(partner):
    """What the service keeps now: a test that leaves what no add-on has fails."""
    return partner.ask("GET", "/heroku/resources").json
