"""An erased person is in no table, in no byte of the database, in no match, and does not come back."""

from __future__ import annotations

import json
import logging
import shutil
import uuid
from datetime import timedelta
from pathlib import Path

import people
import pytest
import sqlalchemy as sa
from conftest import NOW, CsvWriter, make_application
from sqlmodel import Session, SQLModel, select
from test_rights import ROW, ask, offer

from api import erasures
from api.application import Application
from api.erasures import erase_due, reapply_erasures, remembered
from api.models import ApiToken, AuditEvent, Disclosure, GlassBreak, IdempotencyKey, SignInFailure
from api.rights import Rights
from api.sessions import recognise, recognise_token, sign_in
from profiling.access import Role
from profiling.errors import NotFound, OperatorError
from profiling.matching_view import matchable_returnees
from profiling.models import Returnee
from profiling.retention import Erasure, ErasureReason, erasure_counts
from profiling.vault import vault_of

CANARY = b"Qzgiven", b"Qzfamily", b"QZPHONE", b"Qzboss", b"QZNUMBER", b"Qzreferee", b"laid bricks", b"QZNOTE"
FILL = {"ref": "R-2", "given_name": "Other", "home_country": "NP", "job1_title": "Mason", "consent_matching": "yes"}


@pytest.fixture
def person(application: Application, write_csv: CsvWriter) -> uuid.UUID:
    return filled(application, write_csv)


def filled(application: Application, write_csv: CsvWriter) -> uuid.UUID:
    application.add_centre("Home", "NP")
    application.ingest("returnees", write_csv("people.csv", ROW, FILL), centre="Home")
    application.refresh()
    return people.id_of(application, "R-1")


def head(application: Application) -> Rights:
    return Rights(application, people.counsellor(application, "Home", Role.HEAD).principal)


def everywhere(application: Application, person: uuid.UUID) -> uuid.UUID:
    """Give a person a row in every table that can hold one; returns their account."""
    desk = head(application)
    own = people.returnee(application, "R-1")
    offered = offer(application)
    desk.add_note(person, "QZNOTE")
    request = ask(application, person, offered)
    Rights(application, own.principal).answer(person, request, accepted=True, fields=["name"])
    people.token_of(application, own, ["case.read"])
    desk.issue_card(person)
    admin = people.somebody(application, Role.ADMINISTRATOR).principal
    assert own.principal.account_id
    assert admin.account_id
    assert desk.principal.account_id
    with application.session() as session:
        centre_id = session.get_one(Returnee, person).centre_id
        vault = vault_of(session)
        assert sign_in(session, own.login, people.PASSWORD, "", NOW, one_time_codes=False)
        assert not sign_in(session, own.login, "wrong", "", NOW, one_time_codes=False)
        shown = Disclosure(
            returnee_id=person, request_id=request, employer_id=offered[0], vacancy_id=offered[1], fields=["name"],
            shown_to=uuid.uuid4(), shown_at=NOW,
        )  # fmt: skip
        glass = GlassBreak(
            account_id=admin.account_id, returnee_id=person, centre_id=centre_id,
            reason=vault.seal("QZREASON", "glass_break.reason", person), opened_at=NOW, until=NOW,
        )  # fmt: skip
        session.add_all([shown, glass])
        for account_id, owner in ((own.principal.account_id, None), (desk.principal.account_id, person)):
            answer = vault.seal("{}", "idempotency_key.answer", account_id)
            session.add(
                IdempotencyKey(
                    account_id=account_id,
                    key="k",
                    request_hash="",
                    status=201,
                    answer=answer,
                    returnee_id=owner,
                    created_at=NOW,
                )
            )
        session.commit()
    return own.principal.account_id


def rows_of(application: Application, person: uuid.UUID, account: uuid.UUID) -> dict[str, int]:
    """How many rows each table has with the id of the person or of their account in any column."""
    found = {}
    with application.reading() as session:
        for table in SQLModel.metadata.sorted_tables:
            columns = [c for c in table.columns if isinstance(c.type, sa.Uuid)]
            if columns:
                mine = sa.or_(*(column.in_([person, account]) for column in columns))
                found[table.name] = session.scalar(sa.select(sa.func.count()).where(mine).select_from(table)) or 0
    return found


def test_all_tables_are_empty_of_the_person_but_the_trail(application: Application, person: uuid.UUID) -> None:
    account = everywhere(application, person)
    before = rows_of(application, person, account)
    about = {t.name for t in SQLModel.metadata.sorted_tables if {"returnee_id", "owner_id"} & set(t.columns.keys())}
    # So that the test says something, there is a row in each of them before.
    assert {name for name in about if not before[name]} == set()
    head(application).erase(person)
    assert {name for name, count in rows_of(application, person, account).items() if count} == {"audit_event"}
    with application.reading() as session:
        assert session.exec(select(SignInFailure)).all() == []
        last = session.exec(select(AuditEvent).order_by(sa.desc("sequence"))).first()
        assert last is not None
        assert (last.action, last.subject_id, last.fields) == ("erase", person, "requested")
        assert [row[1:] for row in erasure_counts(session)] == [("2026-11", "requested", 1)]
    assert application.verify_audit() > 0


def test_an_erased_person_is_never_matched_again(application: Application, person: uuid.UUID) -> None:
    desk = head(application)
    employer = people.employer(application, "Builders").principal
    Rights(application, desk.principal).erase(person)
    other = people.id_of(application, "R-2")
    application.refresh()
    with application.reading() as session:
        assert matchable_returnees(session, desk.principal, NOW) == [other]
        assert person not in matchable_returnees(session, employer, NOW)
    for ask_again in (desk.consents, desk.export, desk.erase, desk.requests):
        with pytest.raises(NotFound):
            ask_again(person)


def test_the_session_and_the_token_of_an_erased_person_are_nobody_s(
    application: Application, person: uuid.UUID
) -> None:
    own = people.returnee(application, "R-1")
    token = people.token_of(application, own, ["case.read"])
    with application.session() as session:
        opened = sign_in(session, own.login, people.PASSWORD, "", NOW, one_time_codes=False)
        assert opened
        session.commit()
        assert recognise(session, opened.token, NOW)
        assert recognise_token(session, token, NOW)
    Rights(application, own.principal).erase(person)
    with application.session() as session:
        assert recognise(session, opened.token, NOW) is None
        assert recognise_token(session, token, NOW) is None
        assert sign_in(session, own.login, people.PASSWORD, "", NOW, one_time_codes=False) is None
        assert session.exec(select(ApiToken)).all() == []


def test_the_same_file_does_not_bring_an_erased_person_back(
    application: Application, person: uuid.UUID, write_csv: CsvWriter
) -> None:
    head(application).erase(person)
    report = application.ingest("returnees", write_csv("again.csv", ROW, FILL), centre="Home")
    assert (report.new, report.unchanged, report.rejected) == (0, 1, 1)
    assert "was erased" in report.problems[0].reason
    anew = application.ingest("returnees", write_csv("anew.csv", {**ROW, "ref": "R-9"}), centre="Home")
    assert anew.new == 1


# --- no byte of it --------------------------------------------------------------------------------


def raw_bytes(application: Application) -> bytes:
    folder = application.settings.data
    return b"".join(path.read_bytes() for path in sorted(folder.glob("hunar.db*")))


def test_no_byte_of_the_database_file_holds_the_person(
    sqlite_application: Application, write_csv: CsvWriter
) -> None:
    person = filled(sqlite_application, write_csv)
    everywhere(sqlite_application, person)
    # What is not sealed stands there in the clear before: the test can find something.
    assert [word for word in CANARY if word in raw_bytes(sqlite_application)] == [
        b"Qzboss",
        b"QZNUMBER",
        b"laid bricks",
    ]
    head(sqlite_application).erase(person)
    raw = raw_bytes(sqlite_application)
    assert [word for word in CANARY if word in raw] == []
    # SQLite's own form of the id; the trail alone has it.
    assert raw.count(b"R-1") == 0
    assert (sqlite_application.settings.data / "hunar.db-wal").stat().st_size == 0


# --- remembered outside ---------------------------------------------------------------------------


def ledger(application: Application) -> list[dict[str, str]]:
    return [json.loads(line) for line in application.settings.erasure_file.read_text().splitlines() if line]


def test_a_restored_copy_is_erased_again_at_the_next_start(
    sqlite_application: Application, write_csv: CsvWriter, tmp_path: Path
) -> None:
    application = sqlite_application
    person = filled(application, write_csv)
    account = everywhere(application, person)
    application.engine.dispose()
    database, copy = tmp_path / "hunar.db", tmp_path / "copy.db"
    shutil.copyfile(database, copy)
    Rights(application, people.counsellor(application, "Home", Role.HEAD).principal).erase(person)
    application.engine.dispose()
    for path in tmp_path.glob("hunar.db-*"):
        path.unlink()
    shutil.copyfile(copy, database)
    restored = make_application(f"sqlite:///{database}", tmp_path)
    with restored.reading() as session:
        assert session.get(Returnee, person) is not None
        assert session.exec(select(Erasure)).all() == []
    restored.check()
    assert {name for name, count in rows_of(restored, person, account).items() if count} == {"audit_event"}
    with restored.reading() as session:
        assert [row[1:] for row in erasure_counts(session)] == [("2026-11", "requested", 1)]
    assert [word for word in CANARY if word in raw_bytes(restored)] == []
    assert reapply_erasures(restored) == 0
    assert len(ledger(restored)) == 1
    again = restored.ingest("returnees", write_csv("again.csv", ROW), centre="Home")
    assert again.rejected == 1
    restored.engine.dispose()


def test_the_file_names_nobody(application: Application, person: uuid.UUID) -> None:
    head(application).erase(person)
    path = application.settings.erasure_file
    assert path.stat().st_mode & 0o777 == 0o600
    (line,) = ledger(application)
    assert set(line) == {"person", "number", "centre_id", "month", "reason"}
    assert (line["month"], line["reason"], len(line["person"]), len(line["number"])) == (
        "2026-11",
        "requested",
        64,
        64,
    )
    text = path.read_text()
    assert str(person) not in text
    assert "R-1" not in text


class Killed(BaseException):
    """As if the machine had lost its power."""


def test_a_kill_between_the_line_and_the_commit_is_made_good_at_the_next_start(
    application: Application, person: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = head(application)

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(erasures, "_commit", killed)
        with pytest.raises(Killed):
            desk.erase(person)
    assert desk.consents(person)
    assert len(ledger(application)) == 1
    application.check()
    with pytest.raises(NotFound):
        desk.consents(person)
    with application.reading() as session:
        assert [row[1:] for row in erasure_counts(session)] == [("2026-11", "requested", 1)]


def test_an_erasure_that_failed_is_cancelled_and_may_be_asked_again(
    application: Application, person: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = head(application)
    commit = Session.commit

    def failing(self: Session) -> None:
        if application.settings.erasure_file.exists():
            raise sa.exc.OperationalError("COMMIT", {}, OSError("disk full"))
        commit(self)

    with monkeypatch.context() as patch:
        patch.setattr(Session, "commit", failing)
        with pytest.raises(sa.exc.OperationalError):
            desk.erase(person)
    assert [set(line) for line in ledger(application)][1] == {"cancelled"}
    assert remembered(application.settings.erasure_file) == {}
    assert reapply_erasures(application) == 0
    assert desk.consents(person)
    desk.erase(person)
    assert len(remembered(application.settings.erasure_file)) == 1


def test_a_commit_whose_answer_was_lost_is_not_cancelled(
    application: Application, person: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = head(application)
    commit = Session.commit

    def lost(self: Session) -> None:
        commit(self)
        if application.settings.erasure_file.exists():
            raise OperatorError("the head of the trail cannot be written")

    with monkeypatch.context() as patch:
        patch.setattr(Session, "commit", lost)
        with pytest.raises(OperatorError):
            desk.erase(person)
    assert len(remembered(application.settings.erasure_file)) == len(ledger(application)) == 1


def test_when_nothing_can_be_remembered_nothing_is_erased(application: Application, person: uuid.UUID) -> None:
    desk = head(application)
    application.settings.erasure_file.mkdir()
    with pytest.raises(OperatorError, match="Nothing was erased"):
        desk.erase(person)
    application.settings.erasure_file.rmdir()
    assert desk.consents(person)


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_line_that_was_cut_short_stops_nothing(
    application: Application, person: uuid.UUID, caplog: pytest.LogCaptureFixture, cut: int
) -> None:
    desk = head(application)
    path = application.settings.erasure_file
    desk.erase(people.id_of(application, "R-2"))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:cut])
    with caplog.at_level(logging.WARNING):
        application.check()
    assert "Line 2" in caplog.text
    desk.erase(person)
    assert len(remembered(path)) == 2


def test_a_lost_file_is_written_again_from_the_database(application: Application, person: uuid.UUID) -> None:
    head(application).erase(person)
    path = application.settings.erasure_file
    before = remembered(path)
    path.unlink()
    application.check()
    assert remembered(path) == before


def test_other_keys_are_noticed_at_the_start(application: Application, person: uuid.UUID, tmp_path: Path) -> None:
    kept = application.vault_file.read_bytes()
    application.vault_file.unlink()
    other = make_application(application.settings.database, tmp_path)
    with pytest.raises(OperatorError, match=r"Restore vault\.keys"):
        other.check()
    application.vault_file.write_bytes(kept)
    application.check()
    other.engine.dispose()


# --- when the time of keeping is over -------------------------------------------------------------


def test_whose_time_is_over_is_erased_the_day_after_the_last(application: Application, person: uuid.UUID) -> None:
    with application.session() as session:
        found = session.get_one(Returnee, person)
        found.retain_until = NOW.date()
        session.add(found)
        session.commit()
    assert erase_due(application) == 0
    application.now = lambda: NOW + timedelta(days=1)
    assert erase_due(application) == 1
    assert erase_due(application) == 0
    with application.reading() as session:
        assert session.get(Returnee, person) is None
        assert [row[1:] for row in erasure_counts(session)] == [("2026-11", ErasureReason.RETENTION, 1)]
        last = session.exec(select(AuditEvent).order_by(sa.desc("sequence"))).first()
        assert last is not None
        assert (last.actor, last.action, last.fields) == ("system", "erase", "retention")


def test_a_record_that_is_written_to_meanwhile_is_kept(
    application: Application, person: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasures, "due_for_erasure", lambda session, today: [person])
    assert erase_due(application) == 0
    with application.reading() as session:
        assert session.get(Returnee, person) is not None


def test_erasing_twice_is_a_plain_refusal(application: Application, person: uuid.UUID) -> None:
    desk = head(application)
    desk.erase(person)
    with pytest.raises(NotFound):
        desk.erase(person)
    assert len(ledger(application)) == 1
