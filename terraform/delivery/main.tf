# Once for all environments: the registry of images, and the roles that GitHub's workflows take. No key is kept anywhere.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  backend "s3" {
    key          = "assay/delivery/terraform.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = { Application = "assay", Environment = "delivery", ManagedBy = "terraform" }
  }
}

variable "account_id" {
  type = string
}

variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "repository" {
  description = "On GitHub: owner/name."
  type        = string
}

variable "environment_accounts" {
  description = "Accounts whose workers pull the image."
  type        = list(string)
}

locals {
  oidc     = "token.actions.githubusercontent.com"
  oidc_arn = "arn:aws:iam::${var.account_id}:oidc-provider/${local.oidc}"
}

module "key" {
  source = "../modules/key"

  name        = "assay-images"
  description = "Images of assay"
  region      = var.region
  account_id  = var.account_id
}

resource "aws_ecr_repository" "this" {
  name                 = "assay"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = module.key.arn
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "A year of releases, one a week"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 60 }
      action       = { type = "expire" }
    }]
  })
}

resource "aws_ecr_repository_policy" "this" {
  repository = aws_ecr_repository.this.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EnvironmentsPull"
      Effect    = "Allow"
      Principal = { AWS = [for account in var.environment_accounts : "arn:aws:iam::${account}:root"] }
      Action    = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    }]
  })
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://${local.oidc}"
  client_id_list = ["sts.amazonaws.com"]
}

# Tags alone: a branch or a fork's pull request gets no credentials.
resource "aws_iam_role" "push" {
  name        = "assay-push"
  description = "The release workflow: pushes images"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = local.oidc_arn }
      Condition = {
        StringEquals = { "${local.oidc}:aud" = "sts.amazonaws.com" }
        StringLike   = { "${local.oidc}:sub" = "repo:${var.repository}:ref:refs/tags/v*" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "push" {
  name = "push"
  role = aws_iam_role.push.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "ecr:GetAuthorizationToken", Resource = "*" },
      {
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
        ]
        Resource = "arn:aws:ecr:${var.region}:${var.account_id}:repository/assay"
      },
    ]
  })
}

output "repository" {
  value = aws_ecr_repository.this.repository_url
}

output "push_role" {
  value = aws_iam_role.push.arn
}
