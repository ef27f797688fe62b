"""Fetching one address: the answer, or the plain sentence that tells why there is none."""

from __future__ import annotations

from urllib.parse import urldefrag, urljoin, urlsplit

from jobs_ingest.fetching.values import Fetched, FetchProblem
from jobs_ingest.fetching.wording import of_status
from jobs_ingest.sources.base import MAX_BODY, Fetcher, SourceProblem, Validators

UNCHANGED, GOOD = 304, 200
_LINK_LENGTH = 2_000


def visit(fetcher: Fetcher, url: str, known: Validators, accept: str) -> Fetched | SourceProblem:
    """Fetch an address unless it is unchanged (status 304). What is no answer of 200 is a problem."""
    try:
        answer = fetcher.get(url, etag=known.etag, modified=known.modified, accept=accept)
    except FetchProblem as error:
        return trouble(url, str(error))
    if answer.status == UNCHANGED:
        return answer
    if answer.status != GOOD:
        return trouble(url, of_status("The server", answer.status))
    if len(answer.body) > MAX_BODY:
        limit = f"{MAX_BODY // 1_000_000} MB"
        return trouble(
            url, f"The answer is larger than {limit} and was not read; ask the source for smaller pages."
        )
    if not answer.body.strip(b"\0\t\n\r "):
        return trouble(url, "The answer is empty; look at the address in a browser.")
    return answer


def trouble(where: str, reason: str, field: str = "address") -> SourceProblem:
    """A problem with an address as a whole, which stands for no offer."""
    return SourceProblem(where, field, reason, {}, counted=False)


def whole_address(base: str, link: str) -> str | None:
    """A link as a whole address without its fragment; None when it is no address of the web."""
    if len(link) > _LINK_LENGTH:
        return None
    try:
        address = urldefrag(urljoin(base, link.strip())).url
        return address if urlsplit(address).scheme in ("http", "https") and urlsplit(address).netloc else None
    except ValueError:
        return None
