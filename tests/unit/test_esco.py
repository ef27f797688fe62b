"""Reading an ESCO download: what is taken from it, and which downloads are refused, with which words."""

from __future__ import annotations

import csv
import io
import stat
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from esco_download import BASE, FERRY, FOLD, HANDS, KITE, KNOT, LAMP, SEA, TIDE, Table, pack, tables, write

from profiling import esco_values as esco
from profiling.errors import BadValue
from profiling.esco import ATTRIBUTION, EscoReader
from profiling.esco_links import BROADER, EXACT, NARROWER, RELATIONS, read_skill_links, read_trade_links
from profiling.esco_source import EscoProblem, open_download
from profiling.esco_values import EscoUri, Value
from profiling.taxonomy import STARTER, Taxonomy

ISCO = {"7318": "Handicraft workers in textile, leather and related materials",
        "7421": "Electronics mechanics and servicers", "8350": "Ships' deck crews and related workers",
        "71": "Building and related trades workers, excluding electricians"}  # fmt: skip


def read(path: Path) -> tuple[EscoReader, list[Value]]:
    with open_download(path) as download:
        reader = EscoReader(download, ISCO)
        return reader, list(reader.values())


def counts(values: list[Value]) -> dict[str, int]:
    return dict(Counter(type(value).__name__ for value in values))


def refusal(path: Path) -> str:
    with pytest.raises(EscoProblem) as raised:
        read(path)
    return str(raised.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "ESCO dataset - v1.1.1 - classification - en - csv", tables())


def change(path: Path, old: str, new: str, count: int = 1) -> None:
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, count).encode())


# --- What is read ---

SIZES = {"IscoTitle": 1, "Occupation": 3, "OccupationLabel": 7, "Skill": 5, "SkillLabel": 6, "OccupationSkill": 4,
         "Broader": 4}  # fmt: skip


@pytest.mark.parametrize(("layout", "name"), [("1.1", "v1.1.1"), ("1.2", "ESCO dataset - v1.2.0 - csv")])
def test_both_layouts_hold_the_same(tmp_path: Path, layout: str, name: str) -> None:
    reader, values = read(write(tmp_path / name, tables(layout)))
    assert counts(values) == SIZES
    assert reader.left_out == {}


def test_concepts_labels_and_relations_by_number(folder: Path) -> None:
    reader, values = read(folder)
    assert reader.occupations == {KITE: 1, LAMP: 2, FERRY: 3}
    assert reader.skills == {FOLD: 1, KNOT: 2, TIDE: 3, HANDS: 4, SEA: 5}
    assert esco.Occupation(1, KITE, "7318", "7318.9", "kite folder") in values
    assert esco.Skill(3, TIDE, "read tides", "knowledge", "sector-specific") in values
    assert esco.Skill(4, HANDS, "hand work", is_group=True, code="S9") in values
    assert [v for v in values if isinstance(v, esco.OccupationSkill)] == [
        esco.OccupationSkill(1, 1, True), esco.OccupationSkill(1, 2, False), esco.OccupationSkill(3, 2, True),
        esco.OccupationSkill(3, 3, False),
    ]  # fmt: skip
    assert [(v.skill, v.broader) for v in values if isinstance(v, esco.Broader)] == [(1, 4), (2, 4), (3, 5), (2, 5)]


def test_a_label_stands_once_and_the_preferred_one_first(folder: Path) -> None:
    labels = [v for v in read(folder)[1] if isinstance(v, esco.OccupationLabel)]
    assert [(v.occupation, v.position, v.kind, v.text) for v in labels] == [
        (1, 0, "preferred", "kite folder"), (1, 1, "alternative", "kite maker"),
        (1, 2, "alternative", "paper kite hand"), (1, 3, "hidden", "kyte"), (2, 0, "preferred", "lamp mender"),
        (2, 1, "alternative", "lantern, lamp fixer"), (3, 0, "preferred", "ferry rope hand"),
    ]  # fmt: skip


def test_isco_titles_are_kept_where_they_differ_from_those_of_the_ilo(folder: Path) -> None:
    titles = [v for v in read(folder)[1] if isinstance(v, esco.IscoTitle)]
    assert titles == [esco.IscoTitle("7318", "en", "Handicraft workers in fictional kites")]


def test_languages_stand_side_by_side(tmp_path: Path) -> None:
    with open_download(write(tmp_path / "x", tables(languages=("en", "ar", "fr")))) as download:
        assert download.languages == ("en", "ar", "fr")
        assert download.release is None
    values = read(tmp_path / "x")[1]
    assert counts(values) == SIZES | {"IscoTitle": 7, "OccupationLabel": 21, "SkillLabel": 18}
    assert esco.OccupationLabel(2, "fr", 0, "preferred", "lamp mender (fr)") in values
    assert esco.Occupation(2, LAMP, "7421", "7421.9", "lamp mender") in values


def test_a_language_each_in_its_folder_of_one_download(tmp_path: Path) -> None:
    whole = tmp_path / "ESCO"
    write(whole / "v1.2.0 en", tables("1.2"))
    write(whole / "v1.2.0 fr", tables("1.2", ("fr",)))
    with open_download(whole) as download:
        assert (download.languages, download.release) == (("en", "fr"), "1.2.0")
    assert counts(read(whole)[1])["OccupationLabel"] == 14


@pytest.mark.parametrize(
    ("name", "release"),
    [("esco_v111", "1.1.1"), ("ESCO dataset - v1.2.0 - classification - en - csv", "1.2.0"), ("esco v1.2", "1.2"),
     ("csv", None), ("nov12", None)],
)  # fmt: skip
def test_the_release_is_read_from_the_name(tmp_path: Path, name: str, release: str | None) -> None:
    with open_download(write(tmp_path / name, tables())) as download:
        assert download.release == release


def test_a_zip_reads_like_its_folder_and_has_the_same_hash(folder: Path, tmp_path: Path) -> None:
    zipped = pack(tmp_path / "download.zip", folder, "ESCO dataset - v1.1.1 - en - csv/")
    with open_download(folder) as one, open_download(zipped) as two:
        assert one.content_hash() == two.content_hash()
        assert two.release == "1.1.1"
    assert read(zipped)[1] == read(folder)[1]


def test_the_hash_changes_with_one_letter_and_not_with_files_that_are_not_read(folder: Path) -> None:
    with open_download(folder) as download:
        before = download.content_hash()
        (folder / "greenSkillsCollection_en.csv").write_text("anything")
        assert download.content_hash() == before
        change(folder / "skills_en.csv", "tie knots", "tie knotz")
        assert download.content_hash() != before


def test_a_byte_order_mark_and_plain_line_feeds_are_read(folder: Path) -> None:
    path = folder / "skills_en.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\r\n", b"\n").rstrip(b"\n"))
    assert counts(read(folder)[1]) == SIZES


def test_the_few_concepts_that_only_the_hierarchy_names_are_left_out_and_counted(tmp_path: Path) -> None:
    files = many(1000)
    gone, lost = f"{BASE}/occupation/gone", f"{BASE}/skill/lost"
    files["broaderRelationsOccPillar.csv"] = [
        {"conceptType": "ISCOGroup", "conceptUri": f"{BASE}/isco/C7318", "broaderUri": f"{BASE}/isco/C731"},
        {"conceptType": "Occupation", "conceptUri": gone, "broaderUri": KITE},
    ]
    relation = files["occupationSkillRelations.csv"]
    relation += [relation[0] | {"occupationUri": gone}, relation[1] | {"occupationUri": gone}]
    broader = files["broaderRelationsSkillPillar.csv"]
    broader += [broader[0] | {"conceptUri": lost}, broader[0] | {"broaderUri": lost}]
    reader, values = read(write(tmp_path / "x", files))
    assert reader.left_out == {"relations": 2, "broader": 2}
    assert counts(values)["OccupationSkill"] == 1004
    # Two of about a thousand are too many: then a file is cut.
    files["broaderRelationsOccPillar.csv"].append(
        {"conceptType": "Occupation", "conceptUri": gone + "2", "broaderUri": KITE}
    )
    assert refusal(write(tmp_path / "y", files)) == (
        f"occupationSkillRelations.csv, line 1006, column occupationUri: {gone} is not in occupations_en.csv."
    )


def many(count: int) -> dict[str, Table]:
    """The small download and ``count`` occupations and skills more, each with its relations."""
    files = tables()
    for kind, skill in (("occupation", False), ("skill", True)):
        concepts = files[f"{kind}s_en.csv"]
        relations = files["broaderRelationsSkillPillar.csv" if skill else "occupationSkillRelations.csv"]
        for n in range(count):
            uri = f"{BASE}/{kind}/more-{n}"
            concepts.append(concepts[0] | {"conceptUri": uri})
            relations.append(relations[0] | {"conceptUri" if skill else "occupationUri": uri})
    return files


def test_relations_cut_between_two_rows(tmp_path: Path) -> None:
    files = many(400)
    assert counts(read(write(tmp_path / "whole", files))[1])["OccupationSkill"] == 404
    del files["occupationSkillRelations.csv"][-10:]
    # One of the small download's occupations has no skill either.
    assert refusal(write(tmp_path / "a", files)) == (
        "occupationSkillRelations.csv, line 396, column occupationUri: the file ends without 11 concepts, "
        f"such as {LAMP}: it is cut. Download it again."
    )
    files = many(400)
    del files["broaderRelationsSkillPillar.csv"][-10:]
    assert refusal(write(tmp_path / "b", files)) == (
        "broaderRelationsSkillPillar.csv, line 396, column conceptUri: the file ends without 12 concepts, "
        f"such as {BASE}/skill/more-390: it is cut. Download it again."
    )


# --- Which downloads are refused ---

CHANGES = [
    ("occupations_en.csv", "iscoGroup", "group",
     "occupations_en.csv, line 1, column iscoGroup: is missing; is it a file of the ESCO CSV download?"),
    ("occupations_en.csv", ",status,", ",iscoGroup,",
     "occupations_en.csv, line 1, column iscoGroup: stands twice; is it a file of the ESCO CSV download?"),
    ("occupations_en.csv", ",7421,", ",7499,",
     "occupations_en.csv, line 4, column iscoGroup: '7499' is no unit group of ISCO-08."),
    ("occupations_en.csv", ",7421,", ",71,",
     "occupations_en.csv, line 4, column iscoGroup: '71' is no unit group of ISCO-08."),
    ("occupations_en.csv", FERRY, KITE, f"occupations_en.csv, line 6, column conceptUri: {KITE} stands twice."),
    ("occupations_en.csv", FERRY, "ferry",
     "occupations_en.csv, line 6, column conceptUri: 'ferry' is not an address of ESCO, such as "
     "http://data.europa.eu/esco/occupation/...."),
    ("occupations_en.csv", "ferry rope hand", " ",
     "occupations_en.csv, line 6, column preferredLabel: is empty: the download is half translated or cut."),
    ("occupations_en.csv", "ferry rope hand", "f" * 1001,
     "occupations_en.csv, line 6, column preferredLabel: a label has 1,001 letters; at most 1,000 are read."),
    ("occupations_en.csv", "ferry rope hand", 'ferry" rope "hand", x',
     "occupations_en.csv, line 6, column code: the row has 10 cells where the header has 9."),
    ("occupations_en.csv", "ferry rope hand", '"ferry" rope hand',
     "occupations_en.csv, line 6, column preferredLabel: ',' expected after '\"'. Download it again."),
    ("occupations_en.csv", "ferry rope hand", "ferry \0 hand",
     "occupations_en.csv, line 6, column code: the text holds a zero byte. Download it again."),
    ("ISCOGroups_en.csv", ",7421,", ",9999,",
     "ISCOGroups_en.csv, line 3, column code: '9999' is no group of ISCO-08."),
    ("ISCOGroups_en.csv", ",7421,", ",7318,", "ISCOGroups_en.csv, line 3, column code: 7318 stands twice."),
    ("ISCOGroups_en.csv", ",7421,", ",71,",
     "occupations_en.csv, line 4, column iscoGroup: 7421 is not in ISCOGroups_en.csv, which may be cut."),
    ("skills_en.csv", TIDE, FOLD, f"skills_en.csv, line 4, column conceptUri: {FOLD} stands twice."),
    ("occupationSkillRelations.csv", TIDE, TIDE + "s",
     f"occupationSkillRelations.csv, line 5, column skillUri: {TIDE}s is not in skills_en.csv."),
    ("occupationSkillRelations.csv", FERRY, FERRY + "s",
     f"occupationSkillRelations.csv, line 4, column occupationUri: {FERRY}s is not in occupations_en.csv."),
    ("occupationSkillRelations.csv", "essential", "needed",
     "occupationSkillRelations.csv, line 2, column relationType: 'needed' is neither essential nor optional."),
    ("occupationSkillRelations.csv", KNOT, FOLD,
     "occupationSkillRelations.csv, line 3, column relationType: an earlier row says the opposite."),
    ("broaderRelationsSkillPillar.csv", SEA, SEA + "9",
     f"broaderRelationsSkillPillar.csv, line 4, column broaderUri: {SEA}9 is not in skillGroups_en.csv."),
    ("broaderRelationsSkillPillar.csv", HANDS, FOLD,
     "broaderRelationsSkillPillar.csv, line 2, column broaderUri: a concept cannot lie under itself."),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "words"), CHANGES)
def test_what_does_not_hold_together_is_named_with_its_place(
    folder: Path, file: str, old: str, new: str, words: str
) -> None:
    change(folder / file, old, new)
    assert refusal(folder) == words


@pytest.mark.parametrize(
    ("file", "cut", "words"),
    [
        ("occupations_en.csv", 1, "line 6, column code: the file is cut: its last line has no end"),
        ("occupations_en.csv", 40, "line 6, column hiddenLabels: the file is cut: its last line has no end"),
        ("skills_en.csv", 60, "line 4, column conceptUri: the file is cut: its last line has no end"),
        ("occupationSkillRelations.csv", 2, "line 5, column skillUri: the file is cut: its last line has no end"),
    ],
)
def test_a_cut_file_is_named_with_the_place_of_the_cut(folder: Path, file: str, cut: int, words: str) -> None:
    path = folder / file
    path.write_bytes(path.read_bytes()[:-cut])
    assert refusal(folder).startswith(f"{file}, {words}")


def test_a_cut_within_quotes_and_within_a_letter(folder: Path) -> None:
    path = folder / "skills_en.csv"
    held = path.read_bytes()
    path.write_bytes(held + b'K,"http')
    assert refusal(folder) == (
        "skills_en.csv, line 5, column conceptUri: the file is cut: its last line has no end. Download it again."
    )
    path.write_bytes(held.replace(b"\r\n", b"\n") + b'K,"http\n')
    assert refusal(folder) == "skills_en.csv, line 5, column conceptUri: unexpected end of data. Download it again."
    path.write_bytes(held.replace(b"tie knots", "tie cr\u00eape".encode("latin-1")))
    assert refusal(folder) == (
        "skills_en.csv, line 3, column preferredLabel: the text is not UTF-8 or is cut "
        "(invalid continuation byte). Download it again."
    )
    path.write_bytes(b"")
    assert refusal(folder) == "skills_en.csv, line 1, column conceptUri: is empty. Download it again."
    path.write_bytes(held.split(b"\r\n")[0] + b"\r\n")
    assert refusal(folder) == "skills_en.csv, line 2, column conceptUri: has no rows."


def test_a_half_translated_download(tmp_path: Path) -> None:
    files = tables(languages=("en", "fr"))
    del files["skills_fr.csv"][1]
    assert refusal(write(tmp_path / "a", files)) == (
        f"skills_fr.csv, line 3, column conceptUri: the file ends without {KNOT}, which skills_en.csv has: "
        "it is cut or half translated."
    )
    files["skills_fr.csv"][0]["conceptUri"] = KNOT
    files["skills_fr.csv"][1] |= {"conceptUri": FOLD, "preferredLabel": ""}
    assert refusal(write(tmp_path / "b", files)) == (
        "skills_fr.csv, line 3, column preferredLabel: is empty: the download is half translated or cut."
    )
    files["skills_fr.csv"][1] |= {"conceptUri": FOLD + "9", "preferredLabel": "x"}
    assert refusal(write(tmp_path / "c", files)) == (
        f"skills_fr.csv, line 3, column conceptUri: {FOLD}9 is not in skills_en.csv: "
        "the two are of different releases."
    )
    del files["skills_fr.csv"]
    assert refusal(write(tmp_path / "d", files)) == (
        "skills_fr.csv: is missing in d, which has other files in that language."
    )
    files = tables(languages=("en", "fr"))
    del files["ISCOGroups_fr.csv"][0]
    assert refusal(write(tmp_path / "e", files)) == (
        "ISCOGroups_fr.csv, column code: has other groups than ISCOGroups_en.csv, for example 7318: "
        "it is cut or half translated."
    )


def test_a_wrong_folder_or_file(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert refusal(tmp_path / "empty") == (
        "empty: holds no ESCO files such as occupations_en.csv. Give the folder or zip of the CSV download."
    )
    (tmp_path / "x.txt").write_text("no zip")
    assert (
        refusal(tmp_path / "x.txt") == "x.txt: is neither a folder nor a whole zip file (File is not a zip file)."
    )
    (folder / "occupationSkillRelations.csv").unlink()
    assert refusal(folder) == (
        f"occupationSkillRelations.csv: is missing in {folder.name}. Download the whole classification."
    )


def test_two_releases_or_two_different_files_of_one_name(tmp_path: Path) -> None:
    for name in ("v1.1.1", "v1.2.0"):
        write(tmp_path / "both" / name, tables(languages=("en",) if name == "v1.1.1" else ("fr",)))
    assert refusal(tmp_path / "both") == "both: holds several releases (1.1.1, 1.2.0). Give one at a time."
    change(tmp_path / "both" / "v1.2.0" / "occupationSkillRelations.csv", "optional", "essential")
    assert refusal(tmp_path / "both") == (
        "occupationSkillRelations.csv: stands 2 times in both, with different contents."
    )


# --- Zips that mean no good ---


def crafted(path: Path, name: str, content: bytes = b"x", mode: int = 0) -> Path:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, content)
    return path


@pytest.mark.parametrize(
    "name", ["../occupations_en.csv", "/etc/occupations_en.csv", "a/../../b.csv", "..\\b.csv", "C:/b.csv"]
)
def test_a_zip_whose_paths_lead_out_is_refused(tmp_path: Path, name: str) -> None:
    assert refusal(crafted(tmp_path / "z.zip", name)) == f"z.zip: holds {name!r}, a path that leads out of the zip."
    assert [path.name for path in tmp_path.iterdir()] == ["z.zip"]


def test_a_zip_with_a_link_or_a_bomb_is_refused(tmp_path: Path) -> None:
    link = crafted(tmp_path / "l.zip", "occupations_en.csv", b"/etc/passwd", stat.S_IFLNK | 0o777)
    assert refusal(link) == "l.zip: holds 'occupations_en.csv', a link instead of a file."
    bomb = crafted(tmp_path / "b.zip", "occupations_en.csv", b"0" * 3_000_000)
    assert refusal(bomb) == "b.zip: holds 'occupations_en.csv', which unpacks 200 times larger or more."


def test_a_zip_of_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr("profiling.esco_source.MAX_UNPACKED", 100)
    assert refusal(pack(tmp_path / "m.zip", folder)) == (
        "m.zip: unpacks to more than 1 GB or 10,000 files, which no ESCO download does."
    )


def test_a_damaged_zip_names_the_member(tmp_path: Path, folder: Path) -> None:
    zipped = pack(tmp_path / "d.zip", folder)
    with zipfile.ZipFile(zipped) as archive:
        at = archive.getinfo("skills_en.csv").header_offset + 60
    content = bytearray(zipped.read_bytes())
    content[at] ^= 0xFF
    zipped.write_bytes(content)
    assert refusal(zipped).startswith("skills_en.csv: cannot be read to its end (")
    zipped.write_bytes(content[: len(content) // 2])
    assert refusal(zipped) == "d.zip: is neither a folder nor a whole zip file (File is not a zip file)."


# --- Addresses, links, attribution ---


def test_the_page_shows_the_line_that_the_import_prints() -> None:
    page = Path(__file__).parents[2] / "docs" / "taxonomy.md"
    assert f"> {ATTRIBUTION}\n" in page.read_text(encoding="utf-8")


def test_an_esco_address_is_checked_when_it_is_made() -> None:
    assert EscoUri(KITE) == KITE
    for wrong in ("", "http://example.org/esco/skill/1", f"{BASE}/skill/", f"{BASE}/skill/a b"):
        with pytest.raises(BadValue):
            EscoUri(wrong)


def test_links_name_trades_of_the_starter_in_the_same_unit_group(starter: Taxonomy) -> None:
    with io.StringIO((STARTER / "esco_links.csv").read_text(encoding="utf-8")) as file:
        rows = list(csv.DictReader(file))
    assert [(row["trade"], row["uri"]) for row in rows] == read_trade_links(STARTER / "esco_links.csv")
    assert len(rows) >= 100
    assert len({row["trade"] for row in rows}) == len(rows)
    for row in rows:
        assert row["code"].startswith(f"{starter.isco_of(row['trade'])}."), row
        assert EscoUri(row["uri"]).startswith(f"{BASE}/occupation/")


def test_skill_links_name_starter_skills_and_esco_skills_once(starter: Taxonomy) -> None:
    links = read_skill_links(STARTER / "esco_skill_links.csv")
    assert len({link.skill for link in links}) >= 600
    assert len({(link.skill, link.uri) for link in links}) == len(links)
    for link in links:
        assert link.skill in starter.skills, link
        assert EscoUri(link.uri).startswith(f"{BASE}/skill/"), link
    rows = [(link.skill, link.relation, link.uri) for link in links]
    assert rows == sorted(rows)


def test_skills_that_mean_the_same_are_tied_one_to_one() -> None:
    exact = [link for link in read_skill_links(STARTER / "esco_skill_links.csv") if link.relation == EXACT]
    assert len(exact) >= 200
    assert len({link.skill for link in exact}) == len({link.uri for link in exact}) == len(exact)


@pytest.mark.parametrize(
    ("skill", "relation", "number"),
    [
        ("strip-formwork", EXACT, 1), ("slab-formwork", BROADER, 1), ("laundry-ironing", NARROWER, 2),
        ("tap-rubber", EXACT, 0), ("make-tea", BROADER, 1),
    ],
)  # fmt: skip
def test_skill_links_that_a_reader_would_expect(skill: str, relation: str, number: int) -> None:
    links = read_skill_links(STARTER / "esco_skill_links.csv")
    assert len([link for link in links if (link.skill, link.relation) == (skill, relation)]) == number
    assert {link.relation for link in links} == set(RELATIONS)
