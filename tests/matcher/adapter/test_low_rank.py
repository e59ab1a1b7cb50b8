from pathlib import Path

import numpy as np
import pytest

from config.errors import ConfigurationError
from matcher.adapter.low_rank import SHIPPED, adapter_of, add, keep_updates, read_updates
from matcher.model_files import load, source_of

LAYER = "encoder.layer.5.attention.self.query"


def test_updates_are_read_as_they_were_kept(tmp_path: Path) -> None:
    down = np.ones((2, 3), np.float16)
    up = np.full((4, 2), 0.5, np.float16)
    keep_updates(tmp_path / "a.safetensors", {LAYER: (down, up)})
    found = read_updates(tmp_path / "a.safetensors")
    assert list(found) == [LAYER]
    assert np.array_equal(found[LAYER][0], down)
    assert np.array_equal(found[LAYER][1], up)


def test_the_product_of_both_is_added_to_the_weights() -> None:
    model = load(source_of(""))
    network = model.transformers_model
    assert network is not None
    before = network.get_parameter(f"{LAYER}.weight").detach().numpy().copy()
    down = np.full((1, 384), 0.5, np.float16)
    up = np.full((384, 1), 2.0, np.float16)
    add(model, {LAYER: (down, up)})
    after = network.get_parameter(f"{LAYER}.weight").detach().numpy()
    assert after == pytest.approx(before + 1.0, abs=1e-5)


def test_the_shipped_adapter_is_small_and_changes_layers_that_exist() -> None:
    assert SHIPPED.stat().st_size < 1_000_000
    network = load(source_of("")).transformers_model
    assert network is not None
    names = {name for name, _ in network.named_modules()}
    assert set(read_updates(SHIPPED)) <= names


def test_an_adapter_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.safetensors is missing"):
        adapter_of(tmp_path / "gone.safetensors")
