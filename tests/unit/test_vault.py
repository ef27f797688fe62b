"""The seals: each changed byte is found, a value opens in its own place alone, and keys are never lost."""

from __future__ import annotations

import json
import multiprocessing
import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlmodel import Session

from profiling.errors import OperatorError
from profiling.vault import Vault, add_key, drop_old_keys, open_vault, session_info, vault_of

ME, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
PLACE = "returnee_identity.given_name"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "vault.keys"


@pytest.fixture
def vault(path: Path) -> Vault:
    return open_vault(path)


@pytest.mark.parametrize("text", ["", "a", "सीता", "x" * 100_000])
def test_what_is_sealed_opens(vault: Vault, path: Path, text: str) -> None:
    sealed = vault.seal(text, PLACE, ME)
    assert vault.open(sealed, PLACE, ME) == text == open_vault(path).open(sealed, PLACE, ME)
    # form 1, key 4, nonce 12, tag 16
    assert len(sealed) == 33 + len(text.encode())
    assert not text or len(text) < 3 or text.encode() not in sealed


def test_equal_texts_are_sealed_unequally(vault: Vault) -> None:
    assert len({vault.seal("Sita", PLACE, ME) for _ in range(100)}) == 100


def test_nothing_stays_nothing(vault: Vault) -> None:
    assert vault.seal_or_none(None, PLACE, ME) is None
    assert vault.open_or_none(None, PLACE, ME) is None


def test_each_bit_that_is_changed_and_each_byte_that_is_missing_is_found(vault: Vault) -> None:
    sealed = vault.seal("Sita Fictional", PLACE, ME)
    wrong = [sealed[:length] for length in range(len(sealed))] + [sealed + b"\0"]
    for at in range(len(sealed)):
        wrong += [sealed[:at] + bytes([sealed[at] ^ 1 << bit]) + sealed[at + 1 :] for bit in range(8)]
    assert len(wrong) == 47 + 1 + 47 * 8
    for value in wrong:
        with pytest.raises(OperatorError):
            vault.open(value, PLACE, ME)


@pytest.mark.parametrize(
    ("place", "owner"), [(PLACE, OTHER), ("returnee_identity.family_name", ME), ("reference.name", ME), ("", ME)]
)
def test_a_value_that_is_moved_does_not_open(vault: Vault, place: str, owner: uuid.UUID) -> None:
    with pytest.raises(OperatorError, match="damaged or moved"):
        vault.open(vault.seal("Sita", PLACE, ME), place, owner)


def test_a_value_of_another_key_file_says_what_to_restore(vault: Vault, tmp_path: Path) -> None:
    other = open_vault(tmp_path / "other")
    with pytest.raises(OperatorError, match=r"Restore vault\.keys"):
        other.open(vault.seal("Sita", PLACE, ME), PLACE, ME)


# --- the key file ---------------------------------------------------------------------------------


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_key_file_is_its_owner_s_alone_from_the_first_moment(path: Path) -> None:
    before = os.umask(0)
    try:
        open_vault(path)
        assert mode(path) == 0o600
        for change in (add_key, add_key, drop_old_keys):
            change(path)
            assert mode(path) == 0o600
    finally:
        os.umask(before)
    assert [each.name for each in path.parent.iterdir()] == ["vault.keys"]


def _open_and_seal(path: str, barrier: object) -> tuple[bytes, str]:
    barrier.wait()  # type: ignore[attr-defined]
    vault = open_vault(Path(path))
    return vault.seal("Sita", PLACE, ME), vault.fingerprint("x")


def test_processes_that_start_at_once_make_one_key_file(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, context.Pool(4) as pool:
        barrier = manager.Barrier(4)
        made = pool.starmap(_open_and_seal, [(str(path), barrier)] * 4)
    vault = open_vault(path)
    assert {vault.open(sealed, PLACE, ME) for sealed, _ in made} == {"Sita"}
    assert len({found for _, found in made}) == 1
    assert [each.name for each in path.parent.iterdir()] == ["vault.keys"]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '"x"', "{}", '{"keys": []}', '{"fingerprint": "", "keys": [{}]}', "\0", "\udcff"],
)
def test_a_damaged_key_file_is_refused(path: Path, vault: Vault, content: str) -> None:
    path.write_bytes(content.encode(errors="surrogateescape"))
    for use in (open_vault, add_key, drop_old_keys):
        with pytest.raises(OperatorError, match="Restore a copy"):
            use(path)
    with pytest.raises(OperatorError):
        vault.seal("Sita", PLACE, ME)


@pytest.mark.parametrize("part", ["fingerprint", "id", "key"])
@pytest.mark.parametrize("value", ["", "AAAA", "not base64!", 7, None])
def test_a_key_of_the_wrong_length_is_refused_and_no_key_is_quoted(path: Path, part: str, value: object) -> None:
    open_vault(path)
    ring = json.loads(path.read_text())
    secret = ring["keys"][0]["key"]
    (ring if part == "fingerprint" else ring["keys"][0])[part] = value
    path.write_text(json.dumps(ring))
    with pytest.raises(OperatorError) as refused:
        open_vault(path)
    assert secret not in str(refused.value)


def test_without_its_key_file_a_vault_seals_nothing(path: Path, vault: Vault) -> None:
    sealed = vault.seal("Sita", PLACE, ME)
    path.unlink()
    with pytest.raises(OperatorError, match="cannot be read"):
        vault.seal("Sita", PLACE, ME)
    assert vault.open(sealed, PLACE, ME) == "Sita"


def test_a_key_file_that_was_exchanged_is_refused(path: Path, vault: Vault, tmp_path: Path) -> None:
    open_vault(tmp_path / "other")
    (tmp_path / "other").replace(path)
    with pytest.raises(OperatorError, match="exchanged"):
        vault.seal("Sita", PLACE, ME)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OperatorError, match="cannot be written"):
        open_vault(tmp_path / "file" / "vault.keys")


# --- rotation -------------------------------------------------------------------------------------


def test_old_values_open_during_a_rotation_and_fingerprints_stay(path: Path, vault: Vault) -> None:
    old, mark = vault.seal("Sita", PLACE, ME), vault.fingerprint("a", "b")
    assert vault.is_current(old)
    newer = add_key(path)
    assert newer.open(old, PLACE, ME) == "Sita"
    assert not newer.is_current(old)
    new = newer.seal("Sita", PLACE, ME)
    assert newer.is_current(new)
    # A server that runs on learns of the key by itself: it opens, and it seals with the new key.
    assert vault.open(new, PLACE, ME) == "Sita"
    assert newer.is_current(vault.seal("Gita", PLACE, ME))
    assert newer.fingerprint("a", "b") == mark == vault.fingerprint("a", "b")
    assert newer.fingerprint("ab") != mark


def test_the_key_before_is_kept_and_older_ones_go(path: Path, vault: Vault) -> None:
    values = [vault.seal("0", PLACE, ME)]
    assert drop_old_keys(path) == 0
    for number in range(1, 4):
        values.append(add_key(path).seal(str(number), PLACE, ME))
    assert drop_old_keys(path) == 2
    held = open_vault(path)
    assert [held.open(value, PLACE, ME) for value in values[2:]] == ["2", "3"]
    for value in values[:2]:
        with pytest.raises(OperatorError, match="not in the key folder"):
            held.open(value, PLACE, ME)


def test_of_rotations_at_once_no_key_is_lost(path: Path, vault: Vault) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: add_key(path).seal("Sita", PLACE, ME), range(40)))
    held = open_vault(path)
    assert {held.open(value, PLACE, ME) for value in made} == {"Sita"}
    assert len(json.loads(path.read_text())["keys"]) == 41


def test_a_session_without_keys_says_so(vault: Vault) -> None:
    with pytest.raises(OperatorError, match="without keys"):
        vault_of(Session())
    assert vault_of(Session(info=session_info(vault))) is vault
