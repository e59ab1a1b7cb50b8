"""Settings from the environment, and the configuration folder an operator may edit."""
