"""Where the platform can be reached: the one place that composes its URLs."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

HEROKU_DOMAINS = ("heroku.com", "herokai.com", "herokuspace.com", "herokudev.com")
"""Heroku's own names (api., id., git., addons., telex. ...): clients that have them built in find us behind them."""


def is_heroku_host(name: str) -> bool:
    """Whether a host name, in lower case, is one of Heroku's own (not of an app)."""
    return any(name == domain or name.endswith("." + domain) for domain in HEROKU_DOMAINS)


def is_this_machine(name: str) -> bool:
    """Whether a host name or address, in lower case, can only be this machine."""
    return (
        name in ("localhost", "::1") or name.endswith(".localhost") or re.fullmatch(r"127(\.\d+){3}", name) is not None
    )


LOG_INPUT = "/logs"
"""The path of log input; log sessions are below it."""
LOGIN_PAGE = "/auth/browser/"
LOGIN_POLL = "/auth/cli/"
"""Before the secrets of a login by browser: where its person says who it is, and where its program waits."""


@dataclass(frozen=True)
class Addresses:
    """`base` is the platform's own URL without a trailing slash, e.g. `http://localhost:5100`."""

    base: str

    @property
    def port(self) -> int:
        """The port of the edge."""
        return urlsplit(self.base).port or 80

    def web(self, app_name: str) -> str:
        """An app's page, with the trailing slash that the API shows."""
        return f"http://{app_name}.localhost:{self.port}/"

    def git(self, app_name: str) -> str:
        """Where to push."""
        return f"{self.base}/{app_name}.git"

    def callback(self, addon_id: str) -> str:
        """`callback_url` of the provisioning request (partner-api §2.3)."""
        return f"{self.base}/addons/{addon_id}"

    def legacy_callback(self, identity: str) -> str:
        """`callback_url` of version 1; `identity` is a `heroku_id` or an add-on's uuid (partner-api §8.1)."""
        return f"{self.base}/vendor/apps/{quote(identity, safe='')}"

    def addon_sso(self, app_id: str, addon_id: str) -> str:
        """`web_url` of an add-on: the SSO gateway's page (partner-api §5.1)."""
        return f"{self.base}/sso/apps/{app_id}/addons/{addon_id}"

    def attachment_sso(self, app_id: str, attachment_id: str) -> str:
        """`web_url` of an attachment."""
        return f"{self.base}/sso/apps/{app_id}/attachments/{attachment_id}"

    def browser(self, link: str) -> str:
        """A page that makes the browser a certain customer, once."""
        return f"{self.base}/sso/browser/{link}"

    def log(self, secret: str) -> str:
        """`logplex_url` of a log session."""
        return f"{self.base}/logs/{secret}"

    def log_input(self, token: str) -> str:
        """`log_input_url`: where a partner writes into an app's log, its credentials included (partner-api §7.2)."""
        parts = urlsplit(self.base)
        return f"{parts.scheme}://token:{token}@{parts.netloc}{LOG_INPUT}"

    def rendezvous(self, secret: str) -> str:
        """`attach_url` of an attached dyno; spoken over TLS on the same port (heroku-cli §5)."""
        return f"rendezvous://{urlsplit(self.base).netloc}/{secret}"

    def output(self, secret: str) -> str:
        """`output_stream_url` of a build or release."""
        return f"{self.base}/streams/{secret}"

    def source(self, secret: str) -> str:
        """Where a source tarball is put and got."""
        return f"{self.base}/sources/{secret}"

    def slug(self, secret: str) -> str:
        """Where a slug is put and got."""
        return f"{self.base}/slugs/{secret}"
