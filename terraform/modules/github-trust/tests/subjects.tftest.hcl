mock_provider "aws" {}

variables {
  provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  repository   = "octo-org/mayfly"
  ids          = null
  contexts     = ["ref:refs/heads/main"]
}

run "classic_subject_without_ids" {
  command = plan

  assert {
    condition     = output.subjects == ["repo:octo-org/mayfly:ref:refs/heads/main"]
    error_message = "Only the classic form is trusted."
  }
}

run "both_forms_with_ids" {
  command = plan

  variables {
    ids = { owner = 12, repository = 345 }
  }

  assert {
    condition     = output.subjects == ["repo:octo-org/mayfly:ref:refs/heads/main", "repo:octo-org@12/mayfly@345:ref:refs/heads/main"]
    error_message = "Both forms of the subject are trusted."
  }
}

run "each_context_in_both_forms" {
  command = plan

  variables {
    ids      = { owner = 12, repository = 345 }
    contexts = ["pull_request", "environment:production"]
  }

  assert {
    condition = toset(output.subjects) == toset([
      "repo:octo-org/mayfly:pull_request", "repo:octo-org/mayfly:environment:production",
      "repo:octo-org@12/mayfly@345:pull_request", "repo:octo-org@12/mayfly@345:environment:production",
    ])
    error_message = "Two contexts make four subjects."
  }
}

run "compares_audience_and_subject_whole" {
  command = plan

  assert {
    condition = alltrue([
      for condition in data.aws_iam_policy_document.trust.statement[0].condition : condition.test == "StringEquals" && !anytrue([for value in condition.values : strcontains(value, "*")])
    ])
    error_message = "Every condition compares whole."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.trust.statement[0].condition) == 2
    error_message = "There are two conditions."
  }
}

run "refuses_wildcards" {
  command = plan

  variables {
    contexts = ["ref:refs/heads/*"]
  }

  expect_failures = [var.contexts]
}
