"""From a host to addresses that may be reached, and a connection to exactly one of those.

The name is asked for once a request and the connection goes to a checked number, so a name that answers differently
a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence

from jobs_ingest.fetching.addresses import inside, read_address
from jobs_ingest.fetching.targets import inside_problem

#: Gives the IP addresses of a host as text; raises OSError when there are none or nobody answers.
Resolver = Callable[[str], Sequence[str]]
#: Connects to an IP address and port within seconds; raises OSError.
Connect = Callable[[str, int, float], socket.socket]

_ANSWER_WITHIN = 15.0
#: A host with more addresses than this is tried at the first few only.
_TRIED = 3


def system_resolver(host: str) -> list[str]:
    """The addresses of a host as this machine's resolver gives them. Raises OSError."""
    found: list[str] = []
    failure: list[OSError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except OSError as error:
            failure.append(error)
        except UnicodeError as error:  # a label that the IDNA codec refuses
            failure.append(OSError(str(error)))
        else:
            found.extend(str(answer[4][0]) for answer in answers)

    # getaddrinfo knows no time limit, so it is left behind when it takes too long.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_ANSWER_WITHIN)
    if asking.is_alive():
        raise TimeoutError(f"no answer within {_ANSWER_WITHIN:.0f} seconds")
    if failure:
        raise failure[0]
    return found


def open_socket(address: str, port: int, seconds: float) -> socket.socket:
    """Connect to an IP address. Raises OSError, also when the address turns out to be this machine's own."""
    opened = socket.create_connection((address, port), seconds)
    # A public number can still be our own, and what listens here may trust its neighbours.
    if opened.getsockname()[0] == opened.getpeername()[0]:
        opened.close()
        raise OSError("the address is this machine's own")
    return opened


def checked_addresses(host: str, resolver: Resolver) -> list[str]:
    """The addresses at which a host may be reached, at most three, in the resolver's order.

    One address that points inside refuses the host as a whole (FetchProblem). Raises OSError when there is none.
    """
    literal = read_address(host)
    answers = [host] if literal is not None else list(resolver(host))
    found: list[str] = []
    for answer in answers:
        address = read_address(answer)
        kind = "a link-local network" if address is None else inside(address)
        if kind is not None:
            raise inside_problem(host, kind)
        if str(address) not in found:
            found.append(str(address))
    if not found:
        raise OSError("the name has no address")
    return found[:_TRIED]
