# Nothing but what has no default.
region = "eu-central-1"
