"""Rules that say a thing in other words, for a service that runs without a language model.

Each level swaps more: weak touches connectives and adverbs, moderate words of content too, strong
the tone of sentence endings as the category wants it. They never leave a text as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from resources.options import INTENSITIES

CANDIDATES: Final = 3
Swap = tuple[str, tuple[str, ...]]  # a pattern without groups, and what may stand for it

# Korean nouns are swapped for nouns that end alike (vowel or consonant): particles stay right.
WEAK: Final[dict[str, tuple[Swap, ...]]] = {
    "ko": (
        ("하지만", ("그러나", "다만", "그렇지만")),
        ("그리고", ("또한", "아울러", "더불어")),
        ("그래서", ("따라서", "그러므로", "이에")),
        ("매우|아주|굉장히", ("무척", "대단히", "상당히")),
        ("정말|진짜", ("참으로", "진심으로", "무척")),
        ("많은", ("여러", "다양한", "수많은")),
        ("특히", ("무엇보다", "그중에서도", "유독")),
        ("빨리", ("신속히", "서둘러", "속히")),
        ("감사합니다", ("고맙습니다", "감사드립니다", "고마운 마음을 전합니다")),
        ("죄송합니다", ("송구합니다", "사과드립니다", "죄송하게 생각합니다")),
    ),
    "en": (
        (r"don't", ("do not",)),
        (r"can't", ("cannot",)),
        (r"it's", ("it is",)),
        (r"we're", ("we are",)),
        (r"very|really", ("highly", "quite", "truly")),
        (r"also", ("additionally", "likewise", "as well")),
        (r"because", ("since", "as", "given that")),
        (r"about", ("regarding", "concerning", "on")),
        (r"thanks", ("thank you", "many thanks", "with thanks")),
        (r"a lot of|lots of", ("many", "plenty of", "numerous")),
        (r"so far", ("to date", "until now", "up to now")),
        (r"please", ("kindly", "if you would", "do")),
    ),
    "ja": (
        ("とても|すごく", ("非常に", "大変", "きわめて")),
        ("しかし|でも", ("ただし", "もっとも", "けれども")),
        ("そして", ("また", "さらに", "加えて")),
        ("だから", ("したがって", "そのため", "よって")),
        ("ありがとうございます", ("感謝いたします", "御礼申し上げます", "ありがたく存じます")),
    ),
    "zh": (
        ("但是", ("不过", "然而", "可是")),
        ("非常|很", ("十分", "相当", "极为")),
        ("因为", ("由于", "鉴于", "缘于")),
        ("所以", ("因此", "于是", "因而")),
        ("谢谢", ("感谢", "多谢", "非常感谢")),
    ),
}
MODERATE: Final[dict[str, tuple[Swap, ...]]] = {
    "ko": (
        ("사용(?!자)", ("활용", "이용", "적용")),
        ("방법", ("방안", "방식", "접근")),
        ("중요한", ("핵심적인", "필수적인", "주요한")),
        ("문제", ("과제", "숙제", "난제")),
        ("개선", ("향상", "보완", "진전")),
        ("증가", ("증대", "상승세", "확대")),
        ("제안한다", ("제시한다", "내놓는다", "제언한다")),
        ("보여준다|보여 준다", ("나타낸다", "드러낸다", "시사한다")),
        ("확인", ("점검", "검증", "파악")),
        ("진행", ("추진", "수행", "이행")),
        ("부탁드립니다", ("요청드립니다", "당부드립니다", "부탁의 말씀을 드립니다")),
        ("바랍니다", ("희망합니다", "기대합니다", "당부드립니다")),
    ),
    "en": (
        (r"use", ("employ", "apply", "rely on")),
        (r"used", ("employed", "applied", "relied on")),
        (r"shows", ("demonstrates", "indicates", "reveals")),
        (r"show", ("demonstrate", "indicate", "reveal")),
        (r"help", ("assist", "support", "aid")),
        (r"need", ("require", "call for", "depend on")),
        (r"important", ("essential", "integral", "invaluable")),
        (r"big", ("large", "major", "considerable")),
        (r"problem", ("difficulty", "challenge", "complication")),
        (r"get", ("obtain", "receive", "gain")),
        (r"buy", ("purchase", "acquire", "order")),
        (r"start", ("begin", "commence", "launch")),
        (r"improve", ("enhance", "strengthen", "refine")),
        (r"propose", ("suggest", "put forward", "present")),
    ),
    "ja": (
        ("重要な", ("大切な", "肝要な", "主要な")),
        ("使用", ("利用", "活用", "適用")),
        ("方法", ("手法", "やり方", "手段")),
        ("確認", ("点検", "検証", "確かめ")),
        ("問題", ("課題", "難点", "論点")),
    ),
    "zh": (
        ("使用", ("运用", "采用", "利用")),
        ("重要", ("关键", "要紧", "紧要")),
        ("方法", ("方式", "办法", "途径")),
        ("问题", ("课题", "难题", "疑难")),
        ("提高", ("提升", "增强", "改善")),
    ),
}
# Categories that are read, not addressed to somebody: plain written endings there.
WRITTEN: Final = frozenset({"thesis", "report", "article"})
_PLAIN_KO: Final[tuple[Swap, ...]] = (
    (r"(?<=필요|중요|가능|다양|유용|적절|충분|명확|정확|편리|간단|복잡)합니다", ("하다",)),
    (r"합니다|해요", ("한다",)),
    (r"됩니다|돼요", ("된다",)),
    (r"입니다|이에요|예요", ("이다",)),
    (r"습니다", ("다",)),
)
_POLITE_KO: Final[tuple[Swap, ...]] = (
    (r"한다(?=[.!?]|$)|해요", ("합니다",)),
    (r"된다(?=[.!?]|$)|돼요", ("됩니다",)),
    (r"이다(?=[.!?]|$)", ("입니다",)),
    (r"(?<=[있없했였았었겠])다(?=[.!?]|$)", ("습니다",)),
)
_PLAIN_EN: Final[tuple[Swap, ...]] = (
    (r"I think", ("It appears that", "The evidence suggests that", "It seems that")),
    (r"we", ("the authors", "this work", "the team")),
    (r"I'm|I am", ("the author is",)),
)
_POLITE_EN: Final[tuple[Swap, ...]] = (
    (r"I want", ("I would like", "I wish", "I should like")),
    (r"can you", ("could you", "would you", "may I ask you to")),
    (r"hi|hey", ("hello", "good day", "greetings")),
)
_PLAIN_JA: Final[tuple[Swap, ...]] = (
    (r"です(?=。|$)", ("である",)),
    (r"でした(?=。|$)", ("であった",)),
)
_POLITE_JA: Final[tuple[Swap, ...]] = ((r"(?:である|だ)(?=。|$)", ("です",)),)
TONE: Final[dict[str, tuple[tuple[Swap, ...], tuple[Swap, ...]]]] = {
    "ko": (_PLAIN_KO, _POLITE_KO),
    "en": (_PLAIN_EN, _POLITE_EN),
    "ja": (_PLAIN_JA, _POLITE_JA),
    "zh": ((("我觉得|我认为", ("可以认为",)),), (("你", ("您",)),)),
}
# Openings that add no claim; they set candidates apart where no word could be swapped.
OPENINGS: Final[dict[str, tuple[str, ...]]] = {
    "ko": ("즉, ", "다시 말해, ", "요컨대, ", "달리 말하면, ", "정리하면, ", "말하자면, ",
           "한마디로, ", "간추리면, ", "풀어 말하면, ", "바꾸어 말하면, "),
    "en": ("That is, ", "In other words, ", "Put differently, ", "In short, ", "In brief, ",
           "Simply put, ", "To put it another way, ", "To rephrase, ", "Stated otherwise, ",
           "In a word, "),
    "ja": ("つまり、", "言い換えれば、", "要するに、", "すなわち、", "端的に言えば、",
           "換言すれば、", "一言で言えば、", "まとめると、",
           "別の言い方をすれば、", "言うなれば、"),
    "zh": ("即，", "换句话说，", "也就是说，", "简而言之，", "换言之，", "总的来说，", "简单说，",
           "概括地说，", "具体来说，", "换个说法，"),
}  # fmt: skip
STRONG_OPENS: Final = 1  # from this candidate on, strong opens with one of them anyway
_LOWERED: Final = re.compile(
    r"(?:The|A|An|This|That|These|Those|We|It|You|They|He|She|There|Our|My|Your|If|When|In|On|As)\b"
)


def rewrite(text: str, language: str, category: str, intensity: str) -> list[str]:
    """Three candidates, all different from the text, from each other and from other intensities'.

    `language` is the text's own: rules do not translate.
    """
    seen = {_bare(text)}
    made = list[str]()
    for level in range(INTENSITIES.index(intensity) + 1):  # those of weaker ones are taken
        made = [
            _unseen(_forms(text, language, category, level, variant), seen)
            for variant in range(CANDIDATES)
        ]
    return made


def _forms(text: str, language: str, category: str, level: int, variant: int) -> Iterator[str]:
    """Ever further ways to say it: the swapped text, then behind one opening after another."""
    swapped = _swapped(text.strip(), language, category, level, variant)
    if level < 2 or variant < STRONG_OPENS:
        yield swapped
    openings = OPENINGS[language]
    for k in range(len(openings)):
        yield _open(openings[(3 * level + variant + k) % len(openings)], swapped)
    for opening in openings:  # whoever asks with "In short, …" in all its forms
        yield _open(opening, _open(openings[0], swapped))


def _swapped(text: str, language: str, category: str, level: int, variant: int) -> str:
    tables = [WEAK[language]]
    if level >= 1:
        tables.append(MODERATE[language])
    if level >= 2:
        tables.append(TONE[language][0 if category in WRITTEN else 1])
    for table in tables:
        text = _swap(text, table, language, variant)
    return text


@cache
def _any_of(table: tuple[Swap, ...], language: str) -> re.Pattern[str]:
    """What matches a word of the table; its last group is the swap's place."""
    edge = r"\b" if language == "en" else ""
    pattern = "|".join(f"({edge}(?:{words}){edge})" for words, _ in table)
    return re.compile(pattern, re.IGNORECASE if language == "en" else 0)


def _swap(text: str, table: tuple[Swap, ...], language: str, variant: int) -> str:
    def other(match: re.Match[str]) -> str:
        choices = table[(match.lastindex or 1) - 1][1]
        word = choices[variant % len(choices)]
        return word[0].upper() + word[1:] if match.group()[0].isupper() else word

    return _any_of(table, language).sub(other, text)


def _open(opening: str, text: str) -> str:
    if _LOWERED.match(text):
        text = text[0].lower() + text[1:]
    return opening + text


def _unseen(forms: Iterator[str], seen: set[str]) -> str:
    form = next(form for form in forms if _bare(form) not in seen)
    seen.add(_bare(form))
    return form


def _bare(text: str) -> str:
    return " ".join(text.split()).casefold()
