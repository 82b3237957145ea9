"""The platform's private certificate authority, and a certificate for each name that clients ask for (design §4).

May read and write its one file. Whoever trusts the authority's file trusts these names on this machine only: nobody
else has its key, and it signs for nothing but what the edge answers for.
"""

import os
import ssl
from collections.abc import Callable
from pathlib import Path

import trustme

DEFAULT_NAMES = ("localhost", "127.0.0.1", "::1")
"""What a certificate without a name asked for (an address, no SNI) is good for."""
MOST_NAMES = 256
_CERTIFICATE_END = b"-----END CERTIFICATE-----\n"


class Authority:
    """Made at first start, the same afterwards. `answers_for(name)`: whether a certificate may be made for it."""

    def __init__(self, folder: Path, answers_for: Callable[[str], bool]) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self.file = folder / "ca.pem"
        """The certificate alone, for those who shall trust it."""
        self._key_file = folder / "ca-key.pem"
        self._answers_for = answers_for
        self._authority = self._load_or_make()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.context = self._context(*DEFAULT_NAMES)
        """For a server: takes any client, and changes to the certificate of the name asked for."""
        self.context.sni_callback = self._choose

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
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        self._authority.issue_cert(*names).configure_cert(context)
        return context

    def _choose(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        """OpenSSL: a client has said which host it wants."""
        if not name or name == "localhost" or not self._answers_for(name.lower()):
            return
        name = name.lower()
        if name not in self._contexts:
            if len(self._contexts) >= MOST_NAMES:
                self._contexts.clear()
            self._contexts[name] = self._context(name)
        connection.context = self._contexts[name]


def _write_private(file: Path, text: bytes) -> None:
    """Whole or not at all, and readable by this user only."""
    draft = file.with_name(file.name + ".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(text)
    draft.replace(file)
