"""Pages for browsers: how they look, and what a browser may do with them."""

from collections.abc import Mapping

from flask import Response, render_template_string

from platform_sim.web.context import Doors

HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style nonce="{{ nonce }}">
:root{color-scheme:light dark;--back:#fff;--text:#1d1d29;--go:#4a3bab;--on-go:#fff;--bad:#b91c1c}
@media (prefers-color-scheme:dark){:root{--back:#15151c;--text:#ececf4;--go:#b5a9ff;--on-go:#17123c;--bad:#ff8a80}}
body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:10vh auto;padding:0 1rem;overflow-wrap:anywhere;
background:var(--back);color:var(--text)}
h1{line-height:1.2}
.loud{border:3px solid #b45309;padding:.5rem 1rem;font-weight:bold}.wrong{color:var(--bad);font-weight:bold}
"""
FORMS = """\
button,input{font:inherit;padding:.5rem 1rem;box-sizing:border-box;border:1px solid;border-radius:.4rem;max-width:100%}
button{cursor:pointer;background:var(--go);color:var(--on-go)}button.second{background:none;color:inherit}
:focus-visible{outline:3px solid var(--go);outline-offset:2px}
form{margin:.75rem 0}label{display:block;margin:.5rem 0}label input{display:block;width:100%}
"""
"""For pages that have one."""
MAIN = """</style></head>
<body><main><h1>{{ title }}</h1>
"""
END = "</main></body></html>\n"


def html_page(
    doors: Doors, title: str, body: str, shown: Mapping[str, object] | None = None, status: int = 200
) -> Response:
    """A page that is kept nowhere and shown in no frame, with no script and style but its own.

    `body` is a template, in which values are escaped.
    """
    nonce = doors.database.chance.fresh()
    policy = f"script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; frame-ancestors 'none'; base-uri 'none'"
    head = HEAD + (FORMS if "<form" in body else "") + MAIN
    return Response(
        render_template_string(head + body + END, title=title, nonce=nonce, **shown or {}),
        status,
        headers={
            "Content-Security-Policy": f"default-src 'none'; {policy}",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )
