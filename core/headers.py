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
# What somebody sent is shown without any power: nothing in it runs, loads, or knows whose browser it is in
FILE_POLICY = (SECURITY_HEADERS[0][0], "sandbox; default-src 'none'; frame-ancestors 'none'")
FILE_HEADERS = (FILE_POLICY, *SECURITY_HEADERS[1:])
NO_STORE = ("Cache-Control", "no-store")


class SecurityHeaders:
    """WSGI wrapper: the table on every answer, `no-store` on each that sets no caching of its own.

    An answer that asks for `FILE_POLICY` has the stricter one of files; nothing else can be asked for.
    """

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            table = FILE_HEADERS if FILE_POLICY in headers else SECURITY_HEADERS
            names = {name.lower() for name, _value in table}
            kept = [(name, value) for name, value in headers if name.lower() not in names]
            if not any(name.lower() == "cache-control" for name, _value in kept):
                kept.append(NO_STORE)
            return start_response(status, [*kept, *table], *exc_info)

        return self.application(environ, start)
