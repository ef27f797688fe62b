"""CSV and XLSX files of others, by a saved mapping or by a header that already speaks our language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from jobs_ingest.sources.base import Fetcher, RawOffer, SourceProblem, Told, Validators, Visited
from jobs_ingest.sources.config import ConfigProblem, SourceConfig, header_mapping, mapped_columns
from jobs_ingest.sources.headings import SAMPLES, Proposal, propose
from jobs_ingest.sources.offering import made_offer, storable
from jobs_ingest.sources.visiting import whole_address
from profiling.mapping import Mapping as TableMapping
from profiling.mapping import MappingProblem, read_mapping
from profiling.tabular import FileProblem, RawRow, open_table, without_error_columns

_BLOCK = 1 << 20


def propose_for(path: Path, offers: str = "vacancies") -> Proposal:
    """What the columns of a file may mean, by its header and first rows. Raises FileProblem."""
    with open_table(path) as table:
        samples = [row.cells for row in islice(table.rows, SAMPLES) if not row.problem]
        return propose(without_error_columns(table.columns), samples, offers)


def apply(mapping: TableMapping, cells: Mapping[str, str]) -> dict[str, str]:
    """Their cells as ours; empty ones are left out."""
    return {name: text for name, text in mapping.apply(dict(cells)).items() if text.strip()}


class FileSource:
    """A CSV or XLSX file. Each row is an offer or a problem; blank rows are neither."""

    def __init__(self, config: SourceConfig) -> None:
        if config.path is None:
            raise ConfigProblem(f"[sources.{config.name}] path is missing; add it.")
        self.config = config
        self._path = config.path

    def offers(self, fetcher: Fetcher, seen: Mapping[str, Validators]) -> Iterator[Told]:
        """The rows in their order, then the file as visited; nothing of a file that did not change.

        Raises FileProblem or MappingProblem when the file cannot be read (further).
        """
        address, digest = str(self._path), self._digest()
        if seen.get(address, Validators()).etag == digest:
            yield Visited(address, digest, None, changed=False)
            return
        with open_table(self._path) as table:
            mapping = self._mapping(without_error_columns(table.columns))
            for row in table.rows:
                yield self._offer(row, mapping)
        yield Visited(address, digest, None, changed=True)

    def _digest(self) -> str:
        """Of the content and of what decides how it is read."""
        made = hashlib.sha256(self.config.fingerprint.encode())
        try:
            with self._path.open("rb") as file:
                while block := file.read(_BLOCK):
                    made.update(block)
        except OSError as error:
            raise FileProblem(self._path, f"cannot be opened ({error.strerror}).") from error
        return made.hexdigest()

    def _mapping(self, header: tuple[str, ...]) -> TableMapping:
        """The saved mapping; without one, the columns that already have our names."""
        if self.config.mapping_file:
            return read_mapping(self.config.mapping_file)
        known = mapped_columns(self.config.offers)
        columns = header_mapping(self.config) or {name: (name,) for name in header if name in known}
        missing = sorted({name for names in columns.values() for name in names} - set(header))
        if missing:
            raise MappingProblem(
                f"{self._path.name}: the mapping names {', '.join(missing)}, "
                f"but the file has only {', '.join(header)}. "
                f"Correct [sources.{self.config.name}.mapping]."
            )
        if "title" not in columns:
            raise MappingProblem(
                f"{self._path.name}: no column is known to be the title. "
                f"Confirm a mapping for it, or write [sources.{self.config.name}.mapping]."
            )
        return TableMapping(columns=columns)

    def _offer(self, row: RawRow, mapping: TableMapping) -> RawOffer | SourceProblem:
        where = f"{self._path.name}, line {row.line}"
        if row.problem:
            return SourceProblem(where, "row", f"{row.problem}.", storable(row.cells))
        cells = apply(mapping, row.cells)
        return made_offer(self.config, cells, row.cells, where, url=whole_address("", cells.get("url", "")))
