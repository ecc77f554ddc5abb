from __future__ import annotations

from personas_data.sample.behaviour import runs_of
from personas_data.sample.generate import SEED, people
from rec_assets.raw.edits import EarlierOutputs

GIVEN = "견적서를 보내드리오니 확인하신 후 금요일까지 회신 부탁드립니다."


def earlier(*outputs: str) -> EarlierOutputs:
    memory = EarlierOutputs()
    memory.remember(outputs)
    return memory


def test_a_copy_with_a_word_changed_is_edited() -> None:
    assert earlier("다른 문장입니다.", GIVEN).edited(GIVEN.replace("금요일", "월요일"))


def test_the_same_text_again_is_no_edit() -> None:
    assert not earlier(GIVEN).edited(GIVEN)


def test_another_text_is_no_edit() -> None:
    assert not earlier(GIVEN).edited("어제는 비가 와서 아무것도 못 했다.")
    assert not earlier(GIVEN).edited("")
    assert not EarlierOutputs().edited(GIVEN)


def test_edits_of_the_sample_are_found() -> None:
    """Against the generator's own knowledge of who edited what."""
    hits = misses = alarms = 0
    for person in people():
        memory = EarlierOutputs()
        for run in runs_of(person, SEED):
            if run.editor:
                said = memory.edited(run.text)
                memory.remember(run.outputs)
                hits += said and run.edited
                misses += run.edited and not said
                alarms += said and not run.edited
    assert hits / (hits + misses) > 0.90
    assert hits / (hits + alarms) > 0.85
