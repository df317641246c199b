mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000001" }
  }

  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/mayfly-bootstrap/default/mock" }
  }
}

variables {
  region            = "eu-central-1"
  own_state_bucket  = false
  own_oidc_provider = false
}

run "tolerates_what_the_account_has" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket.state) == 0 && length(aws_s3_bucket_policy.state) == 0 && length(aws_iam_openid_connect_provider.github) == 0
    error_message = "Bucket and OIDC provider are left to whom they belong."
  }

  assert {
    condition     = output.infra_role_arn == "" && output.plan_role_arn == "" && output.infra_user == ""
    error_message = "Neither roles nor a user are made unless asked for."
  }
}

# Its state can't be destroyed at the end of the test (prevent_destroy), so this is a plan.
run "looks_after_the_state_bucket" {
  command = plan

  variables {
    own_state_bucket  = true
    own_oidc_provider = true
  }

  assert {
    condition     = aws_s3_bucket.state[0].bucket == "tfstate-mayfly-123456789012-eu-central-1" && output.state_bucket == aws_s3_bucket.state[0].bucket
    error_message = "The bucket's name is made of account and region."
  }

  assert {
    condition     = aws_s3_bucket_versioning.state[0].versioning_configuration[0].status == "Enabled"
    error_message = "The state's versions are kept."
  }

  assert {
    condition = alltrue([
      for block in aws_s3_bucket_public_access_block.state :
      block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets
    ])
    error_message = "Nothing in the bucket can be public."
  }

  assert {
    condition     = aws_iam_openid_connect_provider.github[0].client_id_list == toset(["sts.amazonaws.com"])
    error_message = "The provider is for AWS's audience."
  }
}

run "plan_role_can_only_read" {
  variables {
    github_repository = "octo-org/mayfly"
  }

  assert {
    condition     = aws_iam_role_policy_attachment.plan[0].policy_arn == aws_iam_policy.infra["read"].arn && length(aws_iam_role_policy_attachment.plan) == 1
    error_message = "The role of pull requests has the reading policy and no other."
  }

  assert {
    condition     = module.trust_plan[0].subjects == ["repo:octo-org/mayfly:pull_request"] && module.trust_apply[0].subjects == ["repo:octo-org/mayfly:ref:refs/heads/main"]
    error_message = "Pull requests plan, the branch applies."
  }
}

run "environment_takes_the_place_of_the_branch" {
  command = plan

  variables {
    github_repository  = "octo-org/mayfly"
    github_environment = "production"
  }

  assert {
    condition     = module.trust_apply[0].subjects == ["repo:octo-org/mayfly:environment:production"]
    error_message = "Only the environment may apply."
  }
}

run "user_only_when_asked_for" {
  command = plan

  variables {
    create_users = true
  }

  assert {
    condition     = output.infra_user == "gha_runner_infra"
    error_message = "The user has the name that operators know."
  }
}

run "makes_the_key_that_nobody_else_may_make" {
  command = plan

  assert {
    condition     = aws_kms_key.parameters.enable_key_rotation && aws_kms_alias.parameters.name == "alias/mayfly-default"
    error_message = "The key of the secrets is found by its alias, and AWS rotates it."
  }
}

run "ceilings_lie_where_none_of_those_below_may_change_them" {
  command = plan

  assert {
    condition = alltrue([
      for policy in [aws_iam_policy.boundary, aws_iam_policy.builder_boundary, aws_iam_policy.connect_boundary, aws_iam_policy.function_boundary] : policy.path == "/mayfly-bootstrap/default/"
    ])
    error_message = "The ceilings are on bootstrap's path."
  }
}

run "refuses_a_bad_deployment" {
  command = plan

  variables {
    deployment = "-a"
  }

  expect_failures = [var.deployment]
}
