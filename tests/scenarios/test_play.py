"""What the verbs do, and that an expectation that is not met is told with its place, what was wanted and what was."""

from pathlib import Path

import pytest

from platform_sim.scenarios.document import parse
from platform_sim.scenarios.play import Outcome
from platform_sim.testing import on_private

from ..processes.leftovers import processes_below
from .playing import SERVICE, last, played

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "scenarios"


def fine(outcomes: list[Outcome]) -> None:
    """All went as expected."""
    assert [(each.title, each.problem) for each in outcomes if each.state != "ok"] == []


def test_the_steps_of_a_customer() -> None:
    fine(
        played(
            """
- create app: blog
  expect: {status: 201, releases: {blog: 2}, json: {name: blog}}
- set config: {app: blog, vars: {A: "1", B: "2"}}
  expect: {config: {blog: {A: set, B: {is: "2"}, C: unset}}, new releases: {blog: 1}}
- unset config: {app: blog, vars: [A]}
  expect: {config: {blog: {A: unset, B: unchanged}}}
- create addon: {app: blog, plan: "acme:free", name: b1, as: OTHER, options: {size: small}}
  expect: {config: {blog: {OTHER_URL: set, ACME_URL: unset}}, addons: {b1: {state: provisioned, plan: "acme:free"}}}
- ask: GET /addons/${addon.id}
  expect: {json: {name: b1}}
- attach addon: {addon: b1, app: shop, as: BORROWED}
  expect: {config: {shop: {BORROWED_URL: set}}}
- detach addon: {app: shop, as: BORROWED}
  expect: {config: {shop: {BORROWED_URL: unset}}}
- change plan: {addon: b1, plan: "acme:pro"}
  expect: {addons: {b1: {plan: "acme:pro"}}}
- destroy addon: b1
  expect: {addons: {b1: gone}, leaks: none}
- destroy app: blog
- ask: {path: /apps/blog}
  expect: {status: 404, error: not_found, message: find}
- read log: shop
  expect: {text: [Initial release, a1]}
- wait for dynos: {app: shop, are: {web: 0}}
  expect: {dynos: {shop: {}}}
- wait until idle:
"""
        )
    )


def test_the_acts_of_a_scripted_partner() -> None:
    fine(
        played(
            """
- answer next: {partner: acme, method: POST, status: 202}
- create addon: {app: shop, plan: acme, name: a2, as: SECOND}
  expect: {addons: {a2: provisioning}}
- finish addon: {addon: a2, config: {ACME_URL: "https://acme.example/own"}}
  expect: {addons: {a2: provisioned}, config: {shop: {SECOND_URL: "https://acme.example/own"}}}
- wait for addon: a2
- rotate config: {addon: a1, config: {ACME_URL: "https://acme.example/2"}}
  expect: {config: {shop: {ACME_URL: changed, SECOND_URL: unchanged}}, new releases: {shop: 1}}
- ask as partner: {addon: a1, call: "GET /addons/${addon.id}"}
  expect: {status: 404}
- rotate config: {addon: a1, config: {MINE: x}}
  expect: {status: 422, error: invalid_params, message: MINE}
- answer next: {partner: acme, method: POST, status: 422, body: {message: Sold out.}, times: 2}
- create addon: {app: shop, plan: acme}
  expect: {status: 422, message: {is: Sold out.}}
"""
        )
    )


def test_the_clock_and_logins() -> None:
    fine(
        played(
            """
- freeze clock:
- advance clock: 1d
  expect: {json: {now: {starts with: "20"}, frozen: true}}
- run clock: idle
  expect: {json: {done: true}}
- sign in: a1
  expect: {status: 200, text: dashboard}
- sign in: {addon: a1, extra: {email: mallory@example.com}}
  expect: {status: 403}
- sign in: {addon: a1, age: 6m}
  say: the scripted partner looks at the signature alone, and this one is good
  expect: {status: 200}
- resume clock:
  expect: {json: {frozen: false}}
"""
        )
    )


def test_each_step_is_somebodys() -> None:
    head = SERVICE + "  hers: {owner: ann@example.com}\nusers: {ann@example.com: {name: Ann}}\n"
    fine(
        played(
            """
- ask: GET /account
  as: ann@example.com
  expect: {json: {email: ann@example.com, name: Ann}}
- ask: GET /apps
  as: ann@example.com
  expect: {json: {name: [hers]}}
- set config: {app: shop, vars: {A: "1"}}
  as: ann@example.com
  expect: {status: 404}
- ask: GET /account
  expect: {json: {email: {is not: ann@example.com}}}
""",
            head,
        )
    )


def test_what_is_not_as_expected_is_told_with_its_place_and_the_timeline() -> None:
    steps = """
- set config: {app: shop, vars: {A: "1"}}
  say: Set A
  expect:
    status: 201
    config: {shop: {A: unset,
      COLOUR: unset}}
- destroy app: shop
"""
    *_, failed, rest = played(steps)
    assert (failed.state, failed.title, failed.number, failed.place.line) == ("failed", "Set A", 1, 12)
    assert failed.problem.splitlines() == [
        "here.yaml:15:5: expected that the status is 201; it is 200",
        "here.yaml:16:21: expected that A of shop is unset; it is there, with another value than before the step",
        "here.yaml:17:7: expected that COLOUR of shop is unset; it is there, with another value than before the step",
    ]
    assert any("/config-vars" in tree["title"] for tree in failed.timeline)
    assert rest.state == "not played"


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("- destroy app: shop\n- read log: shop", "GET|POST /apps/shop/log-sessions was refused: "),
        ("- create app: shop", "expected that it is not refused; it is 422 invalid_params: Name is already taken"),
        ("- ask: GET /apps\n  expect: {error: not_found}", "is refused with not_found; it is no error"),
        ("- ask: GET /account\n  expect: {json: {email: x, nope: 1}}", "nope is 1; it is nothing"),
        ("- ask: GET /account\n  expect: {text: nope}", "the text is something with 'nope'; it is '{"),
        ("- ask: GET /apps/no\n  expect: {message: nope}", "expected that it is not refused"),
        ("- ask: GET /apps\n  expect: {addons: {a1: gone}}", "a1 is gone; it is provisioned"),
        ("- ask: GET /apps\n  expect: {addons: {a1: {plan: 'acme:pro'}}}", "has the plan acme:pro; it is acme:free"),
        ("- ask: GET /apps\n  expect: {releases: {shop: 9}}", "shop has 9 releases; it is 5"),
        ("- ask: GET /apps\n  expect: {new releases: {shop: 1}}", "shop has 1 new release; it is 0"),
        ("- ask: GET /apps\n  expect: {config: {shop: {COLOUR: changed}}}", "is changed; it is as it was before"),
        ("- ask: GET /apps\n  expect: {config: {shop: {NONE: set}}}", "NONE of shop is set; it is not there"),
        ("- ask: GET /apps\n  expect: {config: {shop: {COLOUR: red}}}", "is as expected; it is another value"),
        ("- ask: GET /apps\n  expect: {dynos: {shop: {web: 1}}}", "are {'web': 1}; it is {}"),
        ("- visit: {url: 'http://example.com/'}", "is not on this machine"),
        ("- visit: {url: 'http://localhost:1/'}", "nobody answers at http://localhost:1/"),
        ("- deploy: {app: shop, folder: nowhere}", "is no folder"),
        ("- run program: {command: [no-such-program]}", "there is no such program"),
        ("- run program: {command: [python, -c, 'print(7); import sys; sys.exit(3)']}", "ended with 3. It said: 7"),
        ("- ask: GET /a/${addon.nothing}", "${addon.nothing} has not been saved"),
        ("- fail: partner-status\n  as: nobody@example.com", "is no user"),
    ],
)  # fmt: skip
def test_how_a_step_fails(steps: str, told: str) -> None:
    if "nobody@" in steps:
        with pytest.raises(ValueError, match=told):
            played(steps)
        return
    failed = last(steps)
    assert failed.state == "failed"
    assert any(each in failed.problem for each in told.split("|")), failed.problem


def test_a_search_that_is_given_up_is_told_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform_sim.scenarios.matching.LONGEST_SEARCH", 0.1)
    text = "a" * 40 + "!"
    given, wanted = f"set config: {{app: shop, vars: {{A: {text}}}}}", "expect: {json: {A: {matches: ^(a|a)*$}}}"
    *_, failed = played(f"- {given}\n  {wanted}\n")
    assert failed.state == "failed" and failed.problem.startswith("here.yaml:12:")
    assert "was given up after 0.1 s" in failed.problem


def test_what_leaks_is_found() -> None:
    steps = "- answer next: {partner: acme, method: DELETE, status: 500, times: 9}\n- destroy addon: a1\n"
    failed = last(steps + "  expect: {leaks: none}\n", "settings: {customer_patience: 1}\n" + SERVICE)
    assert "nothing leaks; it is" in failed.problem
    assert "was to be deleted" in failed.problem


def test_what_a_scripted_partner_keeps_is_a_leak() -> None:
    steps = (
        "- answer next: {partner: acme, method: DELETE, status: 204}\n- destroy addon: a1\n  expect: {leaks: none}\n"
    )
    assert "is held by the partner of acme, and the platform has no such add-on" in last(steps).problem


def test_who_wants_it_to_end_is_heard_before_each_step() -> None:
    asked: list[int] = []
    document = parse("steps: [{create app: first}, {create app: second}, {create app: third}]")
    with on_private(document) as (player, heroku):
        player.scene.stopped = lambda: bool(heroku.ask("GET", "/apps"))
        asked += [each.number for each in player.play() if each.state == "ok"]
        assert [each["name"] for each in heroku.ask("GET", "/apps")] == ["first"]
    assert asked == [0, 1]


def test_faults_of_a_file_and_of_a_step() -> None:
    head = "settings: {plan_change_attempts: 1}\nfaults: [{kind: partner-status, match: {method: PUT}, amount: 503}]\n"
    fine(
        played(
            """
- change plan: {addon: a1, plan: "acme:pro"}
  expect: {status: 503, addons: {a1: {plan: "acme:free"}}}
- change plan: {addon: a1, plan: "acme:pro"}
- fail: {kind: partner-status, match: {method: POST}, times: always}
- ask: GET /sim/faults
  expect: {json: {"[-1].left": null}}
- clear faults:
- ask: GET /sim/faults
  expect: {json: {"": []}}
""",
            head + SERVICE,
        )
    )


def test_a_step_that_looks_is_done_again_until_it_is_as_expected(tmp_path: Path) -> None:
    program = f"import pathlib; p = pathlib.Path({str(tmp_path / 'n')!r}); p.open('a').write('x'); print(p.read_text())"
    step = f'- run program: {{command: [python, -S, -c, "{program}"]}}\n  within: 20s\n  expect: {{text: xx}}\n'
    assert last(step).state == "ok"
    assert (tmp_path / "n").read_text() == "xx"


def test_no_secret_is_in_a_report() -> None:
    head = "values: {word: {random: 40}}\n" + SERVICE.replace("green", "'${word}'")
    outcomes = played(
        """
- ask: GET /apps/shop/config-vars
  expect: {json: {COLOUR: "${word}"}}
- ask: GET /sim/services/acme/client-secret
  expect: {json: {client_secret: {length: 32}}}
- ask: GET /apps/shop/config-vars
  say: "the word is ${word}"
  expect: {text: "https://user:password@host"}
""",
        head,
    )
    assert "COLOUR is '******'" in outcomes[1].checks
    assert "'https://******@host'" in outcomes[-1].problem
    assert '"COLOUR": "******"' in outcomes[-1].problem or '"COLOUR":"******"' in outcomes[-1].problem


def test_a_value_with_a_seed_repeats() -> None:
    steps = "- visit: {url: '${url}/status/${word}'}\n  expect: {status: 200}\n"
    head = "values: {word: {random: 40}, short: {random: 2}}\n"
    made = []
    for seed in ("seed: 4\n", "seed: 4\n", "seed: 5\n", ""):
        with on_private(parse(f"{seed}{head}steps:\n{steps}")) as (player, _):
            list(player.play())
            made.append(player.scene.saved["word"])
            assert len(player.scene.saved["short"]) == 2
    assert made[0] == made[1]
    assert len(set(made)) == 3 and all(len(each) == 40 for each in made)


def test_a_partner_that_is_a_program_is_started_and_ended(tmp_path: Path) -> None:
    (tmp_path / "partner.py").write_text(
        """
import http.server, json, os
class Door(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        told = json.dumps({"id": asked["uuid"], "config": {"ACME_URL": os.environ["GIVEN"]}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Door).serve_forever()
"""
    )
    manifest = (EXAMPLES.parent / "addon-manifest.json").read_text()
    (tmp_path / "manifest.json").write_text(manifest)
    head = """
services:
  acme:
    manifest: manifest.json
    plans: [free]
    partner: {command: [python, -S, partner.py], environment: {GIVEN: "https://given.example"}}
apps:
  shop: {addons: {a1: acme}}
"""
    outcomes = played(
        "- ask: GET /apps\n  expect: {config: {shop: {ACME_URL: 'https://given.example'}}}\n", head, tmp_path
    )
    fine(outcomes)
    assert processes_below(tmp_path) == {}


def test_a_partner_that_does_not_come_up_says_why(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text((EXAMPLES.parent / "addon-manifest.json").read_text())
    command = """[python, -S, -c, 'import sys; sys.exit("no luck")']"""
    head = f"services:\n  acme: {{manifest: manifest.json, partner: {{command: {command}}}%s}}\n"
    steps = "- ask: GET /apps\n- ask: GET /addons\n  for: acme\n"
    given, *rest = played(steps, head % "", tmp_path)
    assert (given.state, given.place.line, given.title) == ("failed", 2, "service acme")
    assert "ended with 1" in given.problem and "no luck" in given.problem
    assert [each.state for each in rest] == ["not played"] * 2
    given, first, second = played(steps, head % ", optional: true", tmp_path)
    assert (given.state, first.state, second.state) == ("ok", "ok", "left out")
    assert "acme is not there: " in second.problem


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("services:\n  a1: {partner: scripted}\n  acme: {manifest: none.json}", 3),
        ("services:\n  acme: {manifest: none.json, partner: {command: [x]}}\nsteps: [{register service: acme}]", 2),
        ("users:\n  ann@example.com:\n  x@-:", 3),
        ("apps:\n  first:\n  second: {deploy: none}", 3),
    ],
)
def test_what_cannot_be_given_is_told_with_its_line(head: str, line: int) -> None:
    with on_private(parse(head)) as (player, _):
        given, *_ = player.play()
    assert (given.state, given.place.line) == ("failed", line), given


def test_a_manifest_is_read_from_a_plain_file_only() -> None:
    with on_private(parse("services:\n  acme: {manifest: /dev/null, partner: {url: 'http://localhost:1'}}")) as (
        player,
        _,
    ):
        given, *_ = player.play()
    assert "no plain file" in given.problem


def test_a_service_that_a_step_registers_is_not_there_before() -> None:
    fine(
        played(
            """
- ask: GET /addon-services
  expect: {json: {"": []}}
- register service: acme
- create addon: {app: shop, plan: acme, name: a1}
""",
            "services:\n  acme: {plans: [free], partner: scripted}\napps: {shop: }\n",
        )
    )


def test_names_and_ids_are_told_and_other_saved_values_are_not() -> None:
    steps = """
- ask: GET /addons/a1
  save: {uuid: id, owner: app.name, config: config_vars}
  expect: {text: "${uuid}"}
- ask: GET /sim/services/acme/client-secret
  save: {hush: client_secret}
  expect: {json: {client_secret: "${hush}"}}
"""
    _, first, second = played(steps)
    [told] = first.checks
    assert len(told) == len("the text is something with ''") + 36
    assert "${hush}" in second.checks[0] or "******" in second.checks[0]
