"""A small change of the embedded model's weights, learned from what was really funded."""
