"""The taxonomy in the database: stored when its files change, loaded as one value."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session, col, select

from profiling.codes import IscoCode
from profiling.errors import OperatorError
from profiling.models import (
    IscoGroup,
    LicenceConcept,
    OccupationConcept,
    OccupationName,
    SkillConcept,
    TaxonomyScheme,
)
from profiling.queries import pick
from profiling.repository import bump_revision
from profiling.taxonomy import (
    STARTER,
    STARTER_SCHEME,
    Licence,
    Name,
    Occupation,
    Skill,
    Taxonomy,
    read_starter,
)


def files_hash(folder: Path = STARTER) -> str:
    """A hash of the taxonomy files, to see whether they changed."""
    digest = hashlib.sha256()
    for path in sorted([*folder.rglob("*.toml"), *folder.rglob("*.tsv"), *folder.glob("*.csv")]):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def load_starter(session: Session, folder: Path = STARTER) -> bool:
    """Bring the starter taxonomy into the database. Returns False when it stands there already.

    The files are checked first; when they contradict themselves, TaxonomyError is raised and the
    database keeps what it had.
    """
    found = files_hash(folder)
    scheme = session.get(TaxonomyScheme, STARTER_SCHEME)
    if scheme is not None and scheme.content_hash == found:
        return False
    taxonomy = read_starter(folder)
    for table in (OccupationName, OccupationConcept, SkillConcept, LicenceConcept, IscoGroup):
        session.execute(sa.delete(table))
    if scheme is None:
        scheme = TaxonomyScheme(name=STARTER_SCHEME, version="", content_hash="")
    # The hash is a part of the version, so that texts are coded again when a name is added.
    scheme.version, scheme.content_hash = f"{taxonomy.version}+{found[:12]}", found
    scheme.other_titles = list(taxonomy.other_titles)
    session.add(scheme)
    session.flush()
    _insert(session, taxonomy)
    bump_revision(session, "taxonomy")
    return True


def _insert(session: Session, taxonomy: Taxonomy) -> None:
    occupations = taxonomy.occupations.values()
    session.add_all(IscoGroup(code=code, title=title) for code, title in taxonomy.isco_groups.items())
    session.add_all(
        SkillConcept(code=s.code, scheme=STARTER_SCHEME, label=s.label, phrases=list(s.phrases))
        for s in taxonomy.skills.values()
    )
    session.add_all(
        OccupationConcept(code=o.code, scheme=STARTER_SCHEME, isco=o.isco, label=o.label, skills=list(o.skills))
        for o in occupations
    )
    session.add_all(
        LicenceConcept(code=x.code, label=x.label, phrases=list(x.phrases), implies=list(x.implies))
        for x in taxonomy.licences.values()
    )
    session.flush()
    session.add_all(
        OccupationName(occupation=o.code, text=n.text, language=n.language, shared=n.shared)
        for o in occupations
        for n in o.names
    )
    session.flush()


def load_taxonomy(session: Session) -> Taxonomy:
    """The taxonomy that the database holds. Raises OperatorError when none has been loaded."""
    scheme = session.exec(select(TaxonomyScheme)).first()
    if scheme is None:
        raise OperatorError("The database holds no taxonomy yet. Run `hunar taxonomy load`.")
    names: dict[str, list[Name]] = defaultdict(list)
    columns = (OccupationName.occupation, OccupationName.text, OccupationName.language, OccupationName.shared)
    for occupation, text, language, shared in session.execute(pick(*columns)):
        names[occupation].append(Name(text, language, shared))
    occupations = {
        o.code: Occupation(o.code, IscoCode(o.isco), o.label, tuple(names[o.code]), tuple(o.skills))
        for o in session.exec(select(OccupationConcept).order_by(col(OccupationConcept.code)))
    }
    return Taxonomy(
        version=scheme.version,
        isco_groups={g.code: g.title for g in session.exec(select(IscoGroup))},
        occupations=occupations,
        skills={s.code: Skill(s.code, s.label, tuple(s.phrases)) for s in session.exec(select(SkillConcept))},
        licences={
            x.code: Licence(x.code, x.label, tuple(x.phrases), tuple(x.implies))
            for x in session.exec(select(LicenceConcept))
        },
        other_titles=tuple(scheme.other_titles),
    )
