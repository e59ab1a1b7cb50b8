"""The error that means: what an operator wrote cannot be used."""


class ConfigurationError(Exception):
    """Wrong settings or a wrong configuration file; the message names the value and what to do."""
