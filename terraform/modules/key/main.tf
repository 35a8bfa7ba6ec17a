# A key with a name. Its rights are listed one by one, for "kms:*" is what an audit stumbles over first.

variable "name" {
  description = "The alias, without alias/."
  type        = string
}

variable "description" {
  type = string
}

variable "region" {
  type = string
}

variable "account_id" {
  type = string
}

variable "services" {
  description = "AWS services that use the key for this account, such as logs.eu-central-1.amazonaws.com."
  type        = list(string)
  default     = []
}

locals {
  account = {
    Sid       = "AccountDecides"
    Effect    = "Allow"
    Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
    Resource  = "*"
    Action = [for verb in [
      "CancelKeyDeletion", "CreateAlias", "CreateGrant", "Decrypt", "DeleteAlias", "DescribeKey", "DisableKey",
      "EnableKey", "EnableKeyRotation", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GetKeyPolicy", "GetKeyRotationStatus",
      "ListGrants", "ListKeyPolicies", "ListResourceTags", "PutKeyPolicy", "ReEncryptFrom", "ReEncryptTo",
      "RevokeGrant", "ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateAlias", "UpdateKeyDescription",
    ] : "kms:${verb}"]
  }
  services = [for service in var.services : {
    Sid       = replace(service, "/[^a-z0-9]/", "")
    Effect    = "Allow"
    Principal = { Service = service }
    Resource  = "*"
    Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
    # Logs say whose they are by the encryption context, the others by the account.
    Condition = startswith(service, "logs.") ? {
      ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:${var.region}:${var.account_id}:log-group:*" }
      } : {
      StringEquals = { "aws:SourceAccount" = var.account_id }
    }
  }]
}

resource "aws_kms_key" "this" {
  description             = var.description
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = jsonencode({ Version = "2012-10-17", Statement = concat([local.account], local.services) })
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}

output "arn" {
  value = aws_kms_key.this.arn
}

output "statement" {
  description = "The right to use the key. It names the key by its alias, so that a plan shows the policy before there is a key."
  value = {
    Effect    = "Allow"
    Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource  = "arn:aws:kms:${var.region}:${var.account_id}:key/*"
    Condition = { "ForAnyValue:StringEquals" = { "kms:ResourceAliases" = "alias/${var.name}" } }
  }
}
