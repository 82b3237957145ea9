"""Manifests with one mistake each, by the rule that finds it: the zoo's own with another value at one place."""

from copy import deepcopy
from typing import Any

from .partner import MANIFEST

GONE = object()
"""Takes a field out."""


def manifest_with(changes: dict[str, Any]) -> dict[str, Any]:
    """The zoo's manifest with other values at some paths (`api.regions`)."""
    found = deepcopy(MANIFEST)
    for path, value in changes.items():
        *above, name = path.split(".")
        place = found
        for each in above:
            place = place[each]
        if value is GONE:
            del place[name]
        else:
            place[name] = value
    return found


_CHANGES: dict[str, dict[str, Any]] = {
    "M02": {"id": "  "},
    "M03": {"id": "Zoo Animals"},
    "M04": {"id": "42"},
    "M05": {"api": "https://zoo.example"},
    "M06": {"api.password": ""},
    "M07": {"api.sso_salt": 1234},
    "M08": {"api.config_vars": "ZOO_URL"},
    "M09": {"api.config_vars": ["ZOO_url"]},
    "M10": {"api.config_vars": ["ZOO_URL", "KEY"]},
    "M11": {"api.config_vars_prefix": "zoo"},
    "M12": {"api.regions": []},
    "M13": {"api.regions": ["us", "mars"]},
    "M14": {"api.production": {}},
    "M15": {"api.production.base_url": "zoo.example/heroku/resources"},
    "M16": {"api.production.base_url": "http://zoo.example/heroku/resources"},
    "M17": {"api.test": ["http://localhost:4567"]},
    "M18": {"api.requires": ["cages"]},
    "M19": {"api.username": "zoo"},
    "M20": {"api.version": 3},
    "M21": {"api.version": GONE},
    "M22": {"api.sso_salt": GONE},
    "M23": {"name": GONE},
    "M24": {"id": "zoo-addon"},
    "M25": {"api.config_vars": ["ZOO_URL", "ZOO_URL"]},
    "M26": {"name": "\ud800"},
    "M27": {"name": 7},
    "M28": {"cli_plugin_name": ["zoo"]},
    "M29": {"id": "7zoos", "api.config_vars_prefix": GONE},
    "M30": {"api.production.sso_url": GONE},
    "M31": {"api.regions": ["eu"]},
    "M32": {"requires": ["attachable"]},
    "M33": {"version": "3"},
    "M34": {"api.requires": ["deploy_notify"]},
    "M35": {"api.production.base_url": "https://zoo.example"},
    "M36": {"api.production": "https://zoo.example"},
    "M37": {"api.test": {"base_url": "http://localhost:4567/heroku/resources"}},
    "M38": {"$base": "yesterday"},
    "M39": {"plans": []},
    "M40": {"supports_sharing": True},
    "M41": {"icon": "lion"},
    "M42": {"api.data_api": "yes"},
}
MANIFESTS: dict[str, Any] = {"M01": []} | {number: manifest_with(changes) for number, changes in _CHANGES.items()}
FOLLOWERS: dict[str, set[str]] = {}
"""What else such a mistake breaks."""
