"""Of the table: faults (docs/faults.md)."""

from platform_sim.core.model.fault_kind import MATCH_KEYS
from platform_sim.core.model.fault_kinds import KINDS, PROFILES
from platform_sim.web.sim.table.row import (
    ID,
    MOMENT,
    NUMBER,
    TEXT,
    TEXTS,
    WHOLE,
    Row,
    Schema,
    among,
    listed,
    maybe,
    ref,
    shown,
    taken,
)

_MATCH: Schema = {
    "type": "object",
    "properties": {name: TEXT | {"description": words} for name, words in MATCH_KEYS.items()},
    "additionalProperties": False,
    "description": "What it is narrowed to; a value may hold * for any text. Which a kind takes: /sim/faults/kinds.",
}
_SEED = WHOLE | {"description": "Decides when; the same seed and calls make the same faults."}
_KIND = among(*KINDS)
_PROFILE = among(*PROFILES)
_AMOUNT = shown({"unit": TEXT, "usual": NUMBER, "lowest": NUMBER, "highest": NUMBER})

SCHEMAS = {
    "Fault": shown(
        {
            "id": ID,
            "kind": TEXT,
            "match": TEXTS,
            "times": maybe(WHOLE) | {"description": "As asked; null: until it is removed."},
            "left": maybe(WHOLE),
            "acted": WHOLE,
            "amount": maybe(NUMBER),
            "origin": among("script", *PROFILES),
            "chance": maybe(NUMBER) | {"description": "Of a profile's: how likely at each of its moments."},
            "seed": maybe(WHOLE),
            "created_at": MOMENT,
        }
    ),
    "FaultKind": shown(
        {
            "name": TEXT,
            "side": among("partner", "platform"),
            "sentence": TEXT,
            "match": listed(among(*MATCH_KEYS)),
            "amount": maybe(_AMOUNT),
            "chance": shown(dict.fromkeys(PROFILES, NUMBER)),
        }
    ),
    "FaultProfile": shown({"name": _PROFILE, "seed": _SEED, "faults": listed(ref("Fault"))}),
}
_WISH = taken(
    ("kind",),
    kind=_KIND,
    match=_MATCH,
    times=maybe(WHOLE) | {"description": "1 if it is left out; null: until it is removed."},
    amount=NUMBER | {"description": "Of what the kind has one of; else the kind's usual one."},
)

ROWS = (
    Row("GET", "/sim/faults", "What is to go wrong on purpose, and what has", listed(ref("Fault"))),
    Row("GET", "/sim/faults/kinds", "What can go wrong", listed(ref("FaultKind"))),
    Row(
        "GET",
        "/sim/faults/<fault>",
        "One fault",
        ref("Fault"),
        more="`fault` is its id, or the beginning of it that no other has, here and below.",
    ),
    Row("POST", "/sim/faults", "Let the next ones of a kind go wrong", ref("Fault"), _WISH, status=(201,)),
    Row(
        "POST",
        "/sim/faults/profile",
        "Let things go wrong by chance",
        ref("FaultProfile"),
        taken(("name",), name=_PROFILE, seed=_SEED),
        status=(201,),
        more="In place of the profile before. Without a seed one is drawn, and told.",
    ),
    Row("DELETE", "/sim/faults/<fault>", "Remove a fault", ref("Fault")),
    Row("DELETE", "/sim/faults", "Remove all faults, a profile's too", shown({"removed": WHOLE})),
)
