"""Pages and endpoints for readers and operators."""
