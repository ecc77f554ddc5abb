import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.text_language import ENGLISH, OTHERS, READ_CHARACTERS, detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("네", "ko"),
        ("ㅋㅋ", "ko"),
        ("이번 분기 매출이 늘었습니다.", "ko"),
        ("React 컴포넌트를 import 한다", "ko"),
        ("TensorFlow Serving API 호출", "ko"),
        ("大韓民國 헌법", "ko"),
        ("OK", "en"),
        ("Quarterly revenue", "en"),
        ("We thank you for your order.", "en"),
        ("My friend 김철수 said that he would come to the party tomorrow.", "en"),
        ("The word 猫 means cat.", "en"),
        ("The café was full of people.", "en"),
        ("ありがとう", "ja"),
        ("東京大学の研究", "ja"),
        ("iPhone 15 Pro Max を買った", "ja"),
        ("メールを送ってください。", "ja"),
        ("谢谢", "zh"),
        ("東京大学", "ja"),
        ("会議資料", "ja"),
        ("発注書", "ja"),
        ("経済産業省 2024年度予算", "ja"),
        ("売上報告", "ja"),
        ("会议资料", "zh"),
        ("會議資料", "zh"),
        ("現在", "ja"),
        ("電話番号", "ja"),
        ("現在的時間是三點", "zh"),
        ("我們在學校開會", "zh"),
        ("东京大学", "zh"),
        ("注意", "zh"),
        ("小米发布新款手机", "zh"),
        ("本文提出了一种新方法。", "zh"),
        ("请用 Python 编写一个函数", "zh"),
        ("请访问https://example.com/a/very/long/path/of/latin/letters查看", "zh"),
    ],
)
def test_a_text_of_the_four_languages_is_known(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "1234-5678",
        "!?…",
        "👍🎉",
        "x",
        "https://example.com/report",
        "someone@example.com",
        "Bonjour à tous, je vous écris pour la réunion.",
        "La vie est belle",
        "Hola, ¿cómo estás?",
        "Quiero saber por qué el informe no está listo",
        "Ich habe das nicht gewusst",
        "Non sono sicuro che questo sia vero",
        "Eu não sei o que fazer com isso",
        "Xin chào các bạn",
        "Saya tidak tahu apa yang harus dilakukan dengan ini",
        "Привет, как дела?",
        "สวัสดีครับ",
        "مرحبا بالعالم",
    ],
)
def test_no_language_is_made_up(text: str) -> None:
    assert detect_language(text) is None


@given(text=st.text(st.characters(), max_size=120))
def test_any_text_has_one_stable_answer(text: str) -> None:
    language = detect_language(text)
    assert language in {"ko", "en", "ja", "zh", None}
    assert detect_language(text) == language


@given(hangul=st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1))
def test_hangul_alone_is_korean(hangul: str) -> None:
    assert detect_language(hangul) == "ko"


@given(kana=st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x3096), min_size=1))
def test_kana_alone_is_japanese(kana: str) -> None:
    assert detect_language(kana) == "ja"


HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1)


@given(han=HAN)
def test_han_with_a_character_that_japan_has_not_is_chinese(han: str) -> None:
    assert detect_language(han + "们") == "zh"


@given(han=HAN)
def test_han_that_china_has_is_chinese(han: str) -> None:
    kept = han.encode("gb2312", "ignore").decode("gb2312") or "文"
    assert detect_language(kept) == "zh"


@given(han=st.text("発図対応実検経済変広売読価戦県帰円気働込駅両単営収総続", min_size=1))
def test_forms_of_japan_alone_are_japanese(han: str) -> None:
    assert detect_language(han) == "ja"


def test_the_head_of_a_long_document_tells() -> None:
    head = ("보고서를 작성합니다. " * READ_CHARACTERS)[:READ_CHARACTERS]
    assert detect_language(head + "The rest is in English. " * 10_000) == "ko"


def test_no_stopword_stands_on_both_sides() -> None:
    assert not ENGLISH & OTHERS
