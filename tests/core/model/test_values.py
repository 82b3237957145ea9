"""Small rules on plain values, generated names, fixed places."""

from datetime import UTC, datetime, timedelta, timezone
from random import Random

from platform_sim.core.model.names import ADJECTIVES, COLOURS, NOUNS, addon_name, app_name
from platform_sim.core.model.places import DYNO_SIZES, REGIONS, STACKS, dyno_size, region, stack
from platform_sim.core.model.values import ADDON_NAME, APP_NAME, ATTACHMENT_NAME, is_uuid, iso, iso_or_none


def test_an_identity_is_an_id_or_a_name() -> None:
    assert is_uuid("01234567-89ab-cdef-0123-456789abcdef")
    for name in ("", "acme", "01234567-89AB-cdef-0123-456789abcdef", "0123456789abcdef0123456789abcdef"):
        assert not is_uuid(name)
    assert not is_uuid("01234567-89ab-cdef-0123-456789abcdef\n")


def test_times_are_shown_in_utc_and_whole_seconds() -> None:
    moment = datetime(2026, 1, 2, 5, 4, 5, 999_999, tzinfo=timezone(timedelta(hours=2)))
    assert iso(moment) == "2026-01-02T03:04:05Z"
    assert iso_or_none(None) is None
    assert iso_or_none(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00Z"


def test_generated_names_are_allowed_names() -> None:
    longest = max(ADJECTIVES, key=len), max(NOUNS, key=len)
    assert len("-".join(longest)) + 6 <= 30
    for seed in range(200):
        assert APP_NAME.fullmatch(app_name(Random(seed)))
        assert ADDON_NAME.fullmatch(addon_name(Random(seed), "heroku-postgresql"))
    assert all(ATTACHMENT_NAME.fullmatch(colour) for colour in COLOURS)


def test_words_are_different() -> None:
    for words in (ADJECTIVES, NOUNS, COLOURS):
        assert len(set(words)) == len(words)


def test_places_are_found_by_name_or_id() -> None:
    for place in REGIONS:
        assert region(place.name) == region(place.id) == place
    for named in STACKS:
        assert stack(named.name) == stack(named.id) == named
    for size in DYNO_SIZES:
        assert dyno_size(size.name.upper()) == dyno_size(size.id) == size
    assert (region(""), stack(""), dyno_size("")) == (None, None, None)


def test_ids_of_fixed_things_are_ids_and_different() -> None:
    ids = [thing.id for things in (REGIONS, STACKS, DYNO_SIZES) for thing in things]
    assert all(is_uuid(each) for each in ids)
    assert len(set(ids)) == len(ids)
