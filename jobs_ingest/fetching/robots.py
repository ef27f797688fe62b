"""What a robots.txt allows (RFC 9309), read by protego."""

from __future__ import annotations

import re
from dataclasses import dataclass

from protego import Protego

_AGENT_LINE = re.compile(r"\s*user[- ]?agent\b[\s:]*([^#\s]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin allows to one agent; ``delay`` is its Crawl-delay in seconds. No rules allow everything."""

    agent: str
    parsed: Protego | None = None
    delay: float | None = None

    def allow(self, url: str) -> bool:
        """Whether the address may be fetched."""
        return self.parsed is None or self.parsed.can_fetch(url, self.agent)


def read_rules(body: bytes, agent: str) -> Rules:
    """The rules of a robots.txt for an agent (its product token). Lines that make no sense are passed over."""
    text = body.decode("utf-8-sig", errors="replace")
    parsed = Protego.parse(_of_interest(text, agent))
    return Rules(agent, parsed, parsed.crawl_delay(agent))


def _of_interest(text: str, agent: str) -> str:
    """The text with all agents but ours and ``*`` made one.

    The parser keeps every rule once for each agent of a group: some thousands of both in a hostile file of 500 KB
    would fill the memory.
    """
    return "\n".join(_renamed(line, agent.lower()) for line in text.splitlines())


def _renamed(line: str, agent: str) -> str:
    found = _AGENT_LINE.match(line)
    if found is None or found[1].lower() in ("*", agent):
        return line
    return "User-agent: another"
