"""What proxies say of the way here, believed of those alone that were configured."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection, Iterable
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from core.config import Network


class TrustedProxies:
    """WSGI wrapper: address and scheme as the last `count` proxies tell them, if the nearest connects from one of these
    networks. Whoever else reaches the port is who they are.
    """

    def __init__(self, application: Callable[..., Any], count: int, networks: Collection[Network]) -> None:
        self.application, self.networks = application, networks
        self.behind = ProxyFix(application, count, 1, 1, 0)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        is_proxy = self._is_trusted(environ.get("REMOTE_ADDR", ""))
        return (self.behind if is_proxy else self.application)(environ, start_response)

    def _is_trusted(self, text: str) -> bool:
        try:
            peer = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            return False
        known = getattr(peer, "ipv4_mapped", None) or peer
        return any(known in network for network in self.networks)
