"""The router's log lines, byte for byte as documented (platform-api §7). Pure."""

from typing import Literal

Level = Literal["error", "warning", "info"]

# code: (level, description, status); platform-api §7
CODES: dict[str, tuple[Level, str, int | None]] = {
    "H10": ("error", "App crashed", 503),
    "H12": ("error", "Request timeout", 503),
    "H13": ("error", "Connection closed without response", 503),
    "H14": ("error", "No web processes running", 503),
    "H15": ("error", "Idle connection", 503),
    "H17": ("error", "Poorly formatted HTTP response", 503),
    "H18": ("error", "Server Request Interrupted", 503),
    "H19": ("error", "Backend connection timeout", 503),
    "H20": ("error", "App boot timeout", 503),
    "H21": ("error", "Backend connection refused", 503),
    "H24": ("error", "Forced close", None),
    "H25": ("error", "HTTP restriction: oversized header", 502),
    "H26": ("error", "Request Error", 400),
    "H27": ("warning", "Client Request Interrupted", 499),
    "H28": ("warning", "Client Connection Idle", 499),
    "H80": ("info", "Maintenance mode", 503),
    "H81": ("info", "Blank app", 502),
}
_SOCK = {"H18": "sock=backend ", "H27": "sock=client "}


def what(method: bytes, target: bytes, host: str, request_id: str, fwd: str) -> str:
    """The part that says which request it was; a quote in the path must not end the field."""
    path = target.decode("latin-1").replace('"', "%22")
    return f'method={method.decode()} path="{path}" host={host} request_id={request_id} fwd="{fwd}"'


def how(dyno: str, connect: int | None, service: int | None, status: int | None, size: int | None) -> str:
    """The part that says how it went; times in milliseconds; None makes an empty field."""
    return (
        f"dyno={dyno} connect={_ms(connect)} service={_ms(service)} "
        f"status={'' if status is None else status} bytes={'' if size is None else size}"
    )


def protocol(http10: bool, tls: bool) -> str:
    """The part that says what was spoken."""
    ends = "tls=true tls_version=unknown" if tls else "tls=false"
    return f"protocol=http1.{0 if http10 else 1} {ends}"


def opening(code: str | None, cause: str = "") -> str:
    """How the line begins: `at=info`, or level, code and description; `cause` for H26."""
    if code is None:
        return "at=info"
    level, description, _ = CODES[code]
    text = f'{_SOCK.get(code, "")}at={level} code={code} desc="{description}"'
    return f'{text} cause="{cause}"' if cause else text


def _ms(value: int | None) -> str:
    return "" if value is None else f"{value}ms"
