"""The subword tokenizer: a unigram model over short pieces of words."""

import json
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

MAX_PIECE_LENGTH = 8  # characters; a Korean stem and its endings come apart


def train_tokenizer(texts: Iterable[str], pieces: int) -> Tokenizer:
    """Return a tokenizer of `pieces` pieces; id 0 is the unknown piece."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"\d"), "0")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Metaspace(prepend_scheme="always"),
            pre_tokenizers.Punctuation("isolated"),
        ]
    )
    trainer = trainers.UnigramTrainer(
        vocab_size=pieces,
        special_tokens=["<unk>"],
        unk_token="<unk>",
        max_piece_length=MAX_PIECE_LENGTH,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return with_rounded_scores(tokenizer)


def with_rounded_scores(tokenizer: Tokenizer) -> Tokenizer:
    """Return the tokenizer with its scores at six decimals.

    The library reads longer ones back inexactly: a saved tokenizer would not be the trained one.
    """
    content = json.loads(tokenizer.to_str())
    vocabulary = content["model"]["vocab"]
    content["model"]["vocab"] = [[piece, round(score, 6)] for piece, score in vocabulary]
    return Tokenizer.from_str(json.dumps(content))
