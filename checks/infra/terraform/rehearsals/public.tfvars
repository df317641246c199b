# Public addresses, and workflows without an environment.
region            = "us-east-1"
egress            = "public"
github_repository = "octo-org/mayfly"
