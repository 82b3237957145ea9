"""The fixed geography and stacks of the platform: published facts, not rows."""

from dataclasses import dataclass
from datetime import UTC, datetime

FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)
"""Creation time shown for everything that has always been there."""


@dataclass(frozen=True)
class Region:
    """A region of the common runtime or of private spaces (partner-api §2.3, §4.3)."""

    id: str
    name: str
    country: str
    locale: str
    description: str
    private_capable: bool
    provider_region: str


@dataclass(frozen=True)
class Named:
    """Anything fixed that has an id and a name."""

    id: str
    name: str


def _region(number: int, name: str, country: str, locale: str, text: str, private: bool, aws: str) -> Region:
    return Region(f"00000000-0000-4000-8000-0000000001{number:02d}", name, country, locale, text, private, aws)


REGIONS = (
    _region(1, "us", "United States", "Virginia", "United States", False, "us-east-1"),
    _region(2, "eu", "Ireland", "Dublin", "Europe", False, "eu-west-1"),
    _region(3, "dublin", "Ireland", "Dublin", "Dublin, Ireland", True, "eu-west-1"),
    _region(4, "frankfurt", "Germany", "Frankfurt", "Frankfurt, Germany", True, "eu-central-1"),
    _region(5, "oregon", "United States", "Oregon", "Oregon, United States", True, "us-west-2"),
    _region(6, "singapore", "Singapore", "Singapore", "Singapore", True, "ap-southeast-1"),
    _region(7, "sydney", "Australia", "Sydney", "Sydney, Australia", True, "ap-southeast-2"),
    _region(8, "tokyo", "Japan", "Tokyo", "Tokyo, Japan", True, "ap-northeast-1"),
    _region(9, "virginia", "United States", "Virginia", "Virginia, United States", True, "us-east-1"),
)
STACKS = (
    Named("00000000-0000-4000-8000-000000000222", "heroku-22"),
    Named("00000000-0000-4000-8000-000000000224", "heroku-24"),
)
CEDAR = Named("00000000-0000-4000-8000-000000000301", "cedar")
"""The only generation that is simulated; Fir is not."""


@dataclass(frozen=True)
class DynoSize:
    """What a dyno of a size would have at Heroku; here all have what the machine gives them."""

    id: str
    name: str
    compute: int
    """Shares of a processor, one being the smallest."""
    memory: float
    """Gigabytes."""
    cents: int
    """Of a month."""
    units: float
    """Price in Standard-1X."""

    @property
    def dedicated(self) -> bool:
        """Whether it has a machine to itself."""
        return self.name.startswith("Performance")


def _size(number: int, name: str, compute: int, memory: float, dollars: int, units: float) -> DynoSize:
    return DynoSize(f"00000000-0000-4000-8000-0000000004{number:02d}", name, compute, memory, dollars * 100, units)


DYNO_SIZES = (
    _size(1, "Eco", 1, 0.5, 5, 0.28),
    _size(2, "Basic", 1, 0.5, 7, 0.28),
    _size(3, "Standard-1X", 1, 0.5, 25, 1.0),
    _size(4, "Standard-2X", 2, 1.0, 50, 2.0),
    _size(5, "Performance-M", 12, 2.5, 250, 10.0),
    _size(6, "Performance-L", 50, 14.0, 500, 20.0),
    _size(7, "Performance-L-RAM", 24, 30.0, 500, 20.0),
    _size(8, "Performance-XL", 50, 62.0, 750, 30.0),
    _size(9, "Performance-2XL", 100, 126.0, 1500, 60.0),
)


def region(identity: str) -> Region | None:
    """By name or id."""
    return next((r for r in REGIONS if identity in (r.name, r.id)), None)


def stack(identity: str) -> Named | None:
    """By name or id."""
    return next((s for s in STACKS if identity in (s.name, s.id)), None)


def dyno_size(identity: str) -> DynoSize | None:
    """By name (any case, as the CLI sends it) or id."""
    return next((s for s in DYNO_SIZES if identity.lower() in (s.name.lower(), s.id)), None)
