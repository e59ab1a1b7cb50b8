"""Sources → opportunities."""
