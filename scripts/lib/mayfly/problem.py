"""What ends a command with a message."""


class Problem(Exception):
    """What is wrong and what to do, for the operator; never with a secret in it."""
