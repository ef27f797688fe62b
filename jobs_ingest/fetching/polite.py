"""Fetches http and https addresses: only public ones, bounded, politely, and again only when they changed."""

from __future__ import annotations

import math
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import httpcore2

from jobs_ingest.fetching.media import takes
from jobs_ingest.fetching.pacing import Clock, Pace, Sleep, retry_after
from jobs_ingest.fetching.resolving import Connect, Resolver, checked_addresses, open_socket, system_resolver
from jobs_ingest.fetching.robots import Rules, read_rules
from jobs_ingest.fetching.targets import Ports, read_target, redirected
from jobs_ingest.fetching.unpacking import ACCEPTED_CODINGS, read_body, read_start
from jobs_ingest.fetching.values import Fetched, FetchProblem, Limits, Reply, Target
from jobs_ingest.fetching.wire import Answer, Deadline, Unreached, exchange
from jobs_ingest.fetching.wording import of_status

_REDIRECTS = {301, 302, 303, 307, 308}
_TRY_AGAIN = {429, 502, 503, 504}
_PAGES = {200, 203}
#: Seconds that a robots.txt is believed (RFC 9309 section 2.4: a day at most), and that a failure to get it is.
_RULES_LAST = 86_400.0
_FAILURE_LASTS = 600.0
_AGENT = re.compile(r"([A-Za-z_-]+)[\x20-\x7e]*")
_VALIDATOR = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,498}[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked for, how a body is read, and how the sentence about a bad status begins."""

    target: Target
    headers: Mapping[str, str]
    body: Callable[[Answer], bytes]
    subject: str
    interval: float


class PoliteFetcher:
    """Fetches addresses of sources. For one thread; keep it for a whole run, it knows whom it asked and when.

    ``agent`` is sent as User-Agent and begins with the name that a robots.txt may call us by, such as
    ``Hunar/0.1 (+https://...)``. ``ports`` are (host, port) pairs that the configuration names beside 80 and 443.
    ``resolver``, ``connect`` and ``tls`` stand in for the network in tests: whatever a resolver answers is checked.
    """

    def __init__(
        self,
        agent: str,
        *,
        resolver: Resolver = system_resolver,
        clock: Clock = time.monotonic,
        sleep: Sleep = time.sleep,
        connect: Connect = open_socket,
        limits: Limits = Limits(),
        ports: Ports = frozenset(),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        named = _AGENT.fullmatch(agent)
        if named is None:
            raise ValueError("The agent begins with a name of letters and holds plain characters only.")
        self._agent, self._name = agent, named[1]
        self._resolver = resolver
        self._clock = clock
        self._connect = connect
        self._limits = limits
        self._ports = ports
        self._tls = tls or httpcore2.default_ssl_context()
        self._pace = Pace(clock, sleep)
        self._rules: dict[tuple[str, str, int], tuple[float, Rules | FetchProblem]] = {}

    def get(self, url: str, *, etag: str | None = None, modified: str | None = None, accept: str = "") -> Fetched:
        """Fetch an address.

        ``etag`` and ``modified`` are those of the last time; status 304 says that nothing changed since.
        ``accept`` lists the content types that are taken, such as ``text/html, application/json``; empty takes all.
        Raises FetchProblem, one sentence, whenever there is no page to give.
        """
        target = read_target(url, self._ports)
        known = {
            name: value
            for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified))
            if value and _VALIDATOR.fullmatch(value)
        }
        headers = {"Accept": accept or "*/*", **known}
        deadline = Deadline(self._clock, self._limits.total)

        def body(answer: Answer) -> bytes:
            content_type = answer.headers.get("content-type", "")
            if not takes(accept, content_type):
                raise FetchProblem(_wrong_type(target.host, content_type))
            return read_body(target.host, answer, self._limits)

        for _ in range(self._limits.redirects + 1):
            interval = self._allowed(target, deadline)
            reply = self._ask(_Question(target, headers, body, target.host, interval), deadline)
            if reply.status not in _REDIRECTS:
                return _fetched(target, reply, etag, modified, conditional=bool(known))
            target = self._next(target, reply)
        raise FetchProblem(
            f"{target.host} sends on more than {self._limits.redirects} times; correct the address of the source."
        )

    # --- one question -------------------------------------------------------------------------------

    def _ask(self, question: _Question, deadline: Deadline) -> Reply:
        """Ask once, and again when that may help. The body is read of a page only."""
        host, limits = question.target.host, self._limits
        for attempt in range(limits.retries + 1):
            closed = self._pace.closed_for(host)
            if closed > limits.longest_wait:
                raise FetchProblem(_wants_rest(host, closed))
            deadline.extend(self._pace.wait(host, question.interval))
            pause = limits.backoff * 4**attempt
            try:
                reply = self._once(question, deadline)
            except Unreached as error:
                failure = f"{host} {error}; check whether the address is right, or try again later."
            else:
                if reply.status not in _TRY_AGAIN:
                    return reply
                asked_for = retry_after(reply.headers)
                pause = pause if asked_for is None else asked_for
                failure = of_status(question.subject, reply.status)
                if pause > limits.longest_wait:
                    failure = _wants_rest(host, pause)
            finally:
                self._pace.asked(host)
            self._pace.hold(host, pause)
            if attempt == limits.retries or pause > limits.longest_wait:
                raise FetchProblem(failure)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, question: _Question, deadline: Deadline) -> Reply:
        target = question.target
        try:
            addresses = checked_addresses(target.host, self._resolver)
        except OSError as error:
            raise Unreached("is not known to the name service") from error
        sent = {"User-Agent": self._agent, "Accept-Encoding": ACCEPTED_CODINGS, **question.headers}
        with exchange(
            target,
            addresses,
            sent,
            limits=self._limits,
            deadline=deadline,
            tls=self._tls,
            connect=self._connect,
        ) as answer:
            return Reply(answer.status, answer.headers, question.body(answer) if answer.status in _PAGES else b"")

    def _next(self, target: Target, reply: Reply) -> Target:
        location = reply.headers.get("location", "")
        if not location:
            raise FetchProblem(
                f"{target.host} sends on without saying where to; correct the address of the source."
            )
        return redirected(target, location, self._ports)

    # --- robots.txt ---------------------------------------------------------------------------------

    def _allowed(self, target: Target, deadline: Deadline) -> float:
        """The interval at which the host may be asked, in seconds. Raises FetchProblem when robots.txt says no."""
        until, rules = self._rules.get(target.origin, (0.0, None))
        if rules is None or self._clock() >= until:
            try:
                rules = self._read_rules(target, deadline)
            except FetchProblem as problem:
                rules = problem
            lasts = _FAILURE_LASTS if isinstance(rules, FetchProblem) else _RULES_LAST
            self._rules[target.origin] = (self._clock() + lasts, rules)
        if isinstance(rules, FetchProblem):
            raise FetchProblem(str(rules))
        if not rules.allow(target.url):
            raise FetchProblem(
                f"The robots.txt of {target.host} does not allow this page to be fetched; ask the provider for "
                f"permission or for a feed."
            )
        return max(self._limits.interval, min(rules.delay or 0.0, self._limits.longest_interval))

    def _start(self, answer: Answer) -> bytes:
        return read_start(answer, self._limits.robots)

    def _read_rules(self, target: Target, deadline: Deadline) -> Rules:
        """The rules of an origin, as RFC 9309 section 2.3.1 has it: no file allows everything, an error nothing."""
        asked = replace(target, path="/robots.txt")
        for _ in range(self._limits.redirects + 1):
            subject = f"The robots.txt of {asked.host}"
            question = _Question(
                asked, {"Accept": "text/plain, */*;q=0.5"}, self._start, subject, self._limits.interval
            )
            reply = self._ask(question, deadline)
            if reply.status not in _REDIRECTS:
                break
            asked = self._next(asked, reply)
        else:
            return Rules(self._name)
        if reply.status >= 500:
            raise FetchProblem(of_status(subject, reply.status))
        if reply.status not in _PAGES:
            return Rules(self._name)
        return read_rules(reply.body, self._name)


def _fetched(target: Target, reply: Reply, etag: str | None, modified: str | None, *, conditional: bool) -> Fetched:
    unchanged = reply.status == 304 and conditional
    if not unchanged and reply.status not in _PAGES:
        raise FetchProblem(of_status(target.host, reply.status))
    found_etag, found_modified = _validator(reply, "etag"), _validator(reply, "last-modified")
    return Fetched(
        status=304 if unchanged else 200,
        body=reply.body,
        content_type=reply.headers.get("content-type", "")[:200],
        etag=found_etag or (etag if unchanged else None),
        modified=found_modified or (modified if unchanged else None),
        url=target.url,
    )


def _validator(reply: Reply, name: str) -> str | None:
    """A validator that can be sent back one day, or None."""
    value = reply.headers.get(name, "")
    return value if _VALIDATOR.fullmatch(value) else None


def _wrong_type(host: str, content_type: str) -> str:
    kind = content_type.partition(";")[0].strip()[:60]
    said = f"“{kind}”" if kind.isascii() and kind.isprintable() and kind else "no content type"
    return f"{host} sends {said} where something else was expected; correct the address or the kind of the source."


def _wants_rest(host: str, seconds: float) -> str:
    return f"{host} asks to be left alone for {math.ceil(seconds / 60):,} minutes; try again after that."
