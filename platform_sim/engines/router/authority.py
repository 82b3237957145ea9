"""The platform's private certificate authority, and a certificate for each name that clients ask for (design §4).

May read and write in its own folder. Whoever trusts the authority's file trusts these names on this machine only:
nobody else has its key, and it signs for nothing but what the edge answers for.
"""

import logging
import os
import ssl
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import trustme

from platform_sim.core.model.seams import OwnCertificate

log = logging.getLogger(__name__)

DEFAULT_NAMES = ("localhost", "127.0.0.1", "::1")
"""What a certificate without a name asked for (an address, no SNI) is good for."""
MOST_NAMES = 256
_CERTIFICATE_END = b"-----END CERTIFICATE-----\n"


def _none_given(name: str) -> OwnCertificate | None:
    return None


class Authority:
    """Made at first start, the same afterwards. `answers_for(name)`: whether a certificate may be made for it;
    `given(name)`: the one that a customer has given for it, which is used instead."""

    def __init__(
        self,
        folder: Path,
        answers_for: Callable[[str], bool],
        given: Callable[[str], OwnCertificate | None] = _none_given,
    ) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self.file = folder / "ca.pem"
        """The certificate alone, for those who shall trust it."""
        self._key_file = folder / "ca-key.pem"
        self._answers_for = answers_for
        self._given = given
        self._authority = self._load_or_make()
        self._contexts: dict[str, ssl.SSLContext] = {}

    @cached_property
    def context(self) -> ssl.SSLContext:
        """For a server: takes any client, and changes to the certificate of the name asked for. Made when somebody
        first speaks TLS: most platforms of tests never hear any."""
        made = self._context(*DEFAULT_NAMES)
        made.sni_callback = self._choose
        return made

    def _load_or_make(self) -> trustme.CA:
        if self._key_file.exists():
            both = self._key_file.read_bytes()
            certificate, end, key = both.partition(_CERTIFICATE_END)
            made = trustme.CA.from_pem(certificate + end, key)
        else:
            made = trustme.CA(organization_name="Platform Sim, a simulator on this machine")
            _write_private(self._key_file, made.cert_pem.bytes() + made.private_key_pem.bytes())
        if not self.file.exists():
            self.file.write_bytes(made.cert_pem.bytes())
        return made

    def _context(self, *names: str) -> ssl.SSLContext:
        context = _server_context()
        self._authority.issue_cert(*names).configure_cert(context)
        return context

    def _given_context(self, given: OwnCertificate, name: str) -> ssl.SSLContext:
        """With the customer's certificate. OpenSSL reads files only; one that it refuses (a key that is too short) is
        told in our own log, and the authority's takes its place."""
        file = self.file.with_name(f"{given.id}.pem")
        _write_private(file, f"{given.chain}\n{given.key}".encode())
        context = _server_context()
        try:
            context.load_cert_chain(file)
        except ssl.SSLError as problem:
            log.warning("the certificate given for %s cannot be used: %s", name, problem.reason)
            return self._context(name)
        finally:
            file.unlink()
        return context

    def _choose(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        """OpenSSL: a client has said which host it wants."""
        if not name or name == "localhost" or not self._answers_for(name.lower()):
            return
        name = name.lower()
        given = self._given(name)
        key = given.id if given else name
        if key not in self._contexts:
            if len(self._contexts) >= MOST_NAMES:
                self._contexts.clear()
            self._contexts[key] = self._given_context(given, name) if given else self._context(name)
        connection.context = self._contexts[key]


def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _write_private(file: Path, text: bytes) -> None:
    """Whole or not at all, and readable by this user only."""
    draft = file.with_name(file.name + ".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(text)
    draft.replace(file)
