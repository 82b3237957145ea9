"""Whatever `kensa test` would have found, a rule of ours finds: its checks, from its source (partner-api §9), each with
an animal or a manifest of the zoo that has this one fault. `test_zoo` plays each to the rules."""

import pytest

from platform_sim.conformance.catalogue import rule_named

from . import animals_callbacks as callbacks
from . import animals_config as config
from . import animals_doors as doors
from . import animals_end as end
from . import animals_logins as logins
from . import animals_logs as logs
from . import animals_old as old
from . import animals_orders as orders
from . import animals_plans as plans
from . import animals_sessions as sessions
from .animals_manifest import MANIFESTS
from .partner import Right

MANIFEST = {
    "`id` is missing, no string or blank": "M02",
    "`api` is missing or no object": "M05",
    "`regions` is no array": "M12",
    "`regions` has neither us nor *": "M31",
    "`regions` has a name that is not known": "M13",
    "`password` is empty": "M06",
    "`production` is missing": "M14",
    "a production URL is not https": "M16",
    "`config_vars` is no array": "M08",
    "a config var is not in capital letters": "M09",
    "a config var has another prefix": "M10",
    "`username` is there": "M19",
    "there is no salt for single sign-on": "M22",
}
CALLS: dict[str, tuple[str, type[Right]]] = {
    "provision: no 2xx": ("P01", orders.OutOfOrder),
    "provision: no callback after 202": ("B01", callbacks.NeverReady),
    "provision: no JSON": ("P03", orders.SaysOk),
    "provision: another's credentials are let in": ("T02", doors.AnyPassword),
    "response: no id": ("P04", orders.Nameless),
    "response: the id holds the app's number": ("K02", old.IsTheApp),
    "response: config is no object": ("C01", config.ConfigInPairs),
    "response: an undeclared var": ("C02", config.Undeclared),
    "response: a declared var is missing": ("C03", config.Halves),
    "response: a value is no string": ("C04", config.Numbers),
    "response: a URL without host and scheme": ("C06", config.NoScheme),
    "response: localhost in production": ("C07", config.AtHome),
    "response: no log_drain_url": ("O01", logs.NoPlace),
    "response: a log_drain_url that is neither https nor syslog": ("O02", logs.PlainPlace),
    "deprovision: no 2xx": ("D01", end.NeverLetsGo),
    "deprovision: without credentials no 401": ("T06", doors.Forbids),
    "plan change: no 2xx": ("L01", plans.Unmoved),
    "plan change: without credentials no 401": ("T05", doors.OpenPlans),
    "sso: a bad token is not refused": ("S06", logins.TrustsTokens),
    "sso: refused, but not with 403": ("S20", logins.WrongWord),
    "sso: a time six minutes ago is not refused": ("S14", logins.Patient),
    "sso: a good login is refused": ("S01", logins.LetsNobodyIn),
    "sso: the page behind the login is not 200": ("S37", sessions.ClosedDoor),
}
"""Not here: `api.test` (manifests have none since 2018), "duplicate" (it asserts nothing), and the cookie
`heroku-nav-data` with its header (there is none any more)."""


@pytest.mark.parametrize("fault", MANIFEST)
def test_a_fault_of_the_manifest_has_a_rule(fault: str) -> None:
    assert rule_named(MANIFEST[fault]) is not None
    assert MANIFEST[fault] in MANIFESTS


@pytest.mark.parametrize("fault", CALLS)
def test_a_fault_of_an_answer_has_a_rule(fault: str) -> None:
    number, animal = CALLS[fault]
    assert rule_named(number) is not None
    assert animal.breaks == number
