"""Generated names: `floating-ocean-97551` for apps, `exceptions-curly-33328` for add-ons (platform-api §5)."""

from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ADJECTIVES = _words("""
    amber ancient arctic autumn blooming bold brave breezy bright calm clear cosmic crimson crisp curly
    dapper deep distant dry early elegant fair fierce flat floating fragrant frosty frozen gentle glacial
    golden graceful green hidden hollow humble icy jagged keen light limitless lively lucid mellow misty
    morning mossy nameless noble patient peaceful placid polished proud pure quiet radiant rapid restless
    rocky rolling rough rugged salty serene shallow sharp shining silent slow smooth snowy solid sparkling
    spring steady still stormy summer sunny swift tall tidy twilight vast velvet warm wild winter wispy
    young
""")
NOUNS = _words("""
    arch bay beach bird branch breeze brook brushlands bush canyon cliff cloud coast cove creek dawn delta
    desert dew dune dusk earth eyrie falls feather fern field fire fjord fog forest frost garden glade
    grass harbor haze headland hill hollow inlet island journey lagoon lake leaf ledge mesa mist moon
    mountain oasis ocean orchard pass peak pebble pine plain plateau pond prairie rain reef ridge river
    sands savannah sea shore sierra sky smoke snow spire spring star stone stream sun sunset surf thicket
    thunder tide tor trail tundra valley wave wildwood wind wood woodland
""")


def app_name(dice: Random) -> str:
    """Adjective, noun, five digits."""
    return f"{dice.choice(ADJECTIVES)}-{dice.choice(NOUNS)}-{dice.randrange(10_000, 100_000)}"


def addon_name(dice: Random, service: str) -> str:
    """The service without a leading `heroku-`, an adjective, five digits."""
    return f"{service.removeprefix('heroku-')}-{dice.choice(ADJECTIVES)}-{dice.randrange(100_000):05d}"


def endpoint_name(dice: Random) -> str:
    """Of a certificate's endpoint: a noun and five digits."""
    return f"{dice.choice(NOUNS)}-{dice.randrange(10_000, 100_000)}"


def dns_target(dice: Random) -> str:
    """Where the DNS of a custom domain would point: two words and 24 digits and letters below herokudns.com."""
    tail = "".join(dice.choice("0123456789abcdefghijklmnopqrstuvwxyz") for _ in range(24))
    return f"{dice.choice(ADJECTIVES)}-{dice.choice(NOUNS)}-{tail}.herokudns.com"


COLOURS = _words("""
    AMBER AQUA BLACK BLUE BRONZE BROWN CHARCOAL COBALT COPPER CRIMSON CYAN GOLD GRAY GREEN IVORY JADE
    MAROON MAUVE NAVY OLIVE ONYX ORANGE PINK PUCE PURPLE RED ROSE SILVER TEAL VIOLET WHITE YELLOW
""")
"""For the second attachment of a service to an app; Heroku's own list is not published (partner-api §14)."""
