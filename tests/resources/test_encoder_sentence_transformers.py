"""The committed folder under sentence-transformers itself (needs that extra)."""

from importlib.util import find_spec

import numpy as np
import pytest

from resources.encoder import COMMITTED_FOLDER, Encoder, open_encoder
from tests.resources.test_encoder import SENTENCES

if not find_spec("sentence_transformers"):  # imported, it would weigh on every worker
    pytest.skip("the extra sentence-transformers is not installed", allow_module_level=True)


@pytest.fixture(scope="module")
def theirs() -> Encoder:
    encoder = open_encoder(f"sentence-transformers:{COMMITTED_FOLDER}")
    assert encoder is not None
    return encoder


def test_vectors_equal_the_static_encoders(theirs: Encoder) -> None:
    ours = open_encoder("static")
    assert ours is not None
    assert theirs.dimension == ours.dimension
    texts = [*SENTENCES, "\ud800", "".join(SENTENCES) * 20]
    np.testing.assert_allclose(theirs.encode(texts), ours.encode(texts), rtol=0, atol=1e-5)


def test_a_batch_gives_the_same_bits_as_single_texts(theirs: Encoder) -> None:
    singles = np.concatenate([theirs.encode([text]) for text in SENTENCES])
    assert theirs.encode(SENTENCES).tobytes() == singles.tobytes()


def test_the_version_names_folder_and_content(theirs: Encoder) -> None:
    name, _, content = theirs.version.partition("@")
    assert name == f"sentence-transformers:{COMMITTED_FOLDER.name}"
    assert len(content) == 12
