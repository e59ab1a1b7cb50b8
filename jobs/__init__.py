"""What runs, when, and in which order: the command line and the scheduler."""
