"""Which of the four languages a text is written in: shares of scripts, then stopwords."""

import re
from typing import Final

READ_CHARACTERS: Final = 2_000  # the head of a long document tells; its cost stays bounded
CJK_WEIGHT: Final = 2.5  # one such character says about as much as 2.5 Latin letters
CJK_SHARE: Final = 0.15  # below it, a foreign name in a Latin text
KANA_SHARE: Final = 0.1  # Japanese has more even in headlines, Chinese only in borrowed names
TITLE_WORDS: Final = 8  # English of this length without one stopword is not English

# By code point: an editor that normalises would turn some of these into others.
HANGUL: Final = re.compile("[\uac00-\ud7a3\u3131-\u318e\u1100-\u11ff]+")
# Without U+30FB, the middle dot, which Chinese takes for names too.
KANA: Final = re.compile("[\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f]+")
HAN: Final = re.compile(
    "[\u4e00-\u9fff\u3400-\u4dbf\u3005\u3006\uf900-\ufaff\U00020000-\U0003ffff]+"
)
EVERYDAY: Final = b"\x98\x72"  # the last of the first level of JIS X 0208
PARTICLES: Final = frozenset("的是我他她了也很呢吧")  # hardly a Chinese sentence has none
LATIN: Final = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]+")
BEYOND_ENGLISH: Final = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]")
WORD: Final = re.compile("[a-z\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff']+")
LETTERS: Final = re.compile(r"[^\W\d_]+")
# Bounded before "@": without a bound a long run of letters costs its square.
ADDRESS: Final = re.compile(r"https?://[!-~]+|www\.[!-~]+|[!-~]{1,64}@[!-~]+")


def words_of(text: str) -> frozenset[str]:
    """Return the set of a text's words."""
    return frozenset(text.split())


# Words that two sides share ("a", "in", "no", "me", "was" in German) stand on neither.
ENGLISH: Final = words_of(
    "the of and to is are were be been being that this these those it its for with you your i my "
    "we our they them their he she his her from by at or not but have had do does did will would "
    "can could should may might must if when what which who how why where there here then than so "
    "because about into after before between over under up out more most other some any all each "
    "very just only also please thanks thank yes hello let there's it's don't i'm can't"
)
OTHERS: Final = words_of(
    # French
    "le la les des du une est et que qui dans pour pas sur avec sont nous vous ils elle mais ou "
    "où au aux ce cette ces leur être avoir fait plus bonjour merci je il très "
    # Spanish, Portuguese, Italian
    "el los las una uno del al por para con como pero muy este esta esto ser está son y o os um "
    "uma não com dos das em na ao mais isso você obrigado il lo gli della di che per non sono è "
    "anche questo nel alla de se hola gracias qué ciao grazie "
    # German, Dutch, the Nordic languages
    "der das und ist nicht ein eine einen den dem zu mit auf für sich von sie ich wir auch als "
    "noch het een van dat niet voor zijn met ook maar och att det som är inte jag på til og ikke "
    "jeg er ei "
    # Polish, Turkish, Vietnamese, Indonesian
    "nie jest się na że bir bu ve için çok là của và không có được cho yang dan ini itu untuk "
    "dengan tidak dari"
)


def detect_language(text: str) -> str | None:
    """Return "ko", "en", "ja" or "zh", or None where nothing tells or another language does.

    Korean, Japanese or Chinese wins over Latin letters beside it unless those read as a sentence.
    """
    head = text[:READ_CHARACTERS]
    if "@" in head or "://" in head or "www." in head:
        head = ADDRESS.sub(" ", head)
    hangul, kana, han, latin = (_count(script, head) for script in (HANGUL, KANA, HAN, LATIN))
    cjk = CJK_WEIGHT * (hangul + kana + han)
    if not cjk + latin or _others_prevail(head, hangul + kana + han + latin, cjk + latin):
        return None
    if cjk >= latin:
        return _cjk_language(head, hangul, kana, han)
    english, others, words = _stopwords(head)
    if cjk >= CJK_SHARE * (cjk + latin) and english + others < 2:
        return _cjk_language(head, hangul, kana, han)
    if english != others:
        return "en" if english > others else None
    # Nothing tells: a short phrase in plain letters is most likely English.
    short = english > 0 or words < TITLE_WORDS
    return "en" if short and latin > 1 and not BEYOND_ENGLISH.search(head) else None


def _others_prevail(text: str, known: int, weight: float) -> bool:
    """Tell whether letters of other scripts outweigh the known ones."""
    return len(text) - known > weight and _count(LETTERS, text) - known > weight


def _count(script: re.Pattern[str], text: str) -> int:
    return sum(map(len, script.findall(text)))


def _cjk_language(text: str, hangul: int, kana: int, han: int) -> str:
    if hangul and hangul >= kana + han / 2:
        return "ko"
    if kana and kana >= KANA_SHARE * (kana + han):
        return "ja"
    return "ja" if _in_japanese_forms("".join(HAN.findall(text))) else "zh"


def _in_japanese_forms(characters: str) -> bool:
    """Tell whether Chinese characters without kana are more likely Japanese.

    All must be in everyday use in Japan, and one must not be in mainland China: Japan simplified
    some its own way (発) and kept others (議). Taiwan kept those too; then a form that Taiwan has
    not (会) or the want of every Chinese particle tells.
    """
    own = frozenset(characters)
    mainland, taiwan = (_within(characters, codec) for codec in ("gb2312", "big5"))
    if own <= mainland or any(one.encode("shift_jis", "ignore") > EVERYDAY for one in own):
        return False
    return own <= _within(characters, "shift_jis") and (
        not own <= taiwan or own.isdisjoint(PARTICLES)
    )


def _within(characters: str, codec: str) -> frozenset[str]:
    return frozenset(characters.encode(codec, "ignore").decode(codec))


def _stopwords(text: str) -> tuple[int, int, int]:
    words = WORD.findall(text.lower())
    return sum(word in ENGLISH for word in words), sum(word in OTHERS for word in words), len(words)
