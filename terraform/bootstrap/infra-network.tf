# EC2: made only with the deployment's tag, changed and deleted only with it. Terraform tags everything as it is made.
locals {
  # What terraform/ makes of EC2.
  network_kinds = [
    "elastic-ip", "internet-gateway", "key-pair", "natgateway", "route-table", "security-group", "security-group-rule",
    "subnet", "vpc", "vpc-endpoint",
  ]
  network_arns = [for kind in local.network_kinds : "${local.ec2_arn}:${kind}/*"]
}

data "aws_iam_policy_document" "infra_network" {
  statement {
    sid       = "MakeTagged"
    resources = local.network_arns
    actions = [
      "ec2:AllocateAddress",
      "ec2:AuthorizeSecurityGroupEgress",
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:CreateInternetGateway",
      "ec2:CreateNatGateway",
      "ec2:CreateRouteTable",
      "ec2:CreateSecurityGroup",
      "ec2:CreateSubnet",
      "ec2:CreateVpc",
      "ec2:CreateVpcEndpoint",
      "ec2:ImportKeyPair",
    ]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/mayfly:deployment"
      values   = [var.deployment]
    }
  }

  # The same calls are judged once more for what is there already and is built upon, and these for what they change.
  statement {
    sid       = "ChangeOwn"
    resources = local.network_arns
    actions = [
      "ec2:AssociateRouteTable",
      "ec2:AttachInternetGateway",
      "ec2:AuthorizeSecurityGroupEgress",
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:CreateNatGateway",
      "ec2:CreateRoute",
      "ec2:CreateRouteTable",
      "ec2:CreateSecurityGroup",
      "ec2:CreateSubnet",
      "ec2:CreateVpcEndpoint",
      "ec2:DeleteInternetGateway",
      "ec2:DeleteKeyPair",
      "ec2:DeleteNatGateway",
      "ec2:DeleteRoute",
      "ec2:DeleteRouteTable",
      "ec2:DeleteSecurityGroup",
      "ec2:DeleteSubnet",
      "ec2:DeleteTags",
      "ec2:DeleteVpc",
      "ec2:DeleteVpcEndpoints",
      "ec2:DetachInternetGateway",
      "ec2:DisassociateAddress",
      "ec2:DisassociateRouteTable",
      "ec2:ModifySecurityGroupRules",
      "ec2:ModifySubnetAttribute",
      "ec2:ModifyVpcAttribute",
      "ec2:ModifyVpcEndpoint",
      "ec2:ReleaseAddress",
      "ec2:ReplaceRoute",
      "ec2:ReplaceRouteTableAssociation",
      "ec2:RevokeSecurityGroupEgress",
      "ec2:RevokeSecurityGroupIngress",
      "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
      "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
    ]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/mayfly:deployment"
      values   = [var.deployment]
    }
  }

  # What is this deployment's stays it.
  statement {
    sid       = "TagOwn"
    actions   = ["ec2:CreateTags"]
    resources = local.network_arns

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/mayfly:deployment"
      values   = [var.deployment]
    }

    condition {
      test     = "StringEqualsIfExists"
      variable = "aws:RequestTag/mayfly:deployment"
      values   = [var.deployment]
    }
  }

  statement {
    sid       = "TagWhatIsMade"
    actions   = ["ec2:CreateTags"]
    resources = local.network_arns

    condition {
      test     = "StringEquals"
      variable = "ec2:CreateAction"
      values = [
        "AllocateAddress", "AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "CreateInternetGateway",
        "CreateNatGateway", "CreateRouteTable", "CreateSecurityGroup", "CreateSubnet", "CreateVpc", "CreateVpcEndpoint",
        "ImportKeyPair",
      ]
    }
  }
}
