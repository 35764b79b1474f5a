"""The one exact table of headers, set in WSGI so that static files and errors carry it too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

SECURITY_HEADERS = (
    (
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
)
NO_STORE = ("Cache-Control", "no-store")


class SecurityHeaders:
    """WSGI wrapper: the table on every answer, `no-store` on each that sets no caching of its own."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            names = {name.lower() for name, _value in SECURITY_HEADERS}
            kept = [(name, value) for name, value in headers if name.lower() not in names]
            if not any(name.lower() == "cache-control" for name, _value in kept):
                kept.append(NO_STORE)
            return start_response(status, [*kept, *SECURITY_HEADERS], *exc_info)

        return self.application(environ, start)
