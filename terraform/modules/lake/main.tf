# Everything durable: one bucket for data and runs, one for models, so that models have a lifecycle and rights of their own.

locals {
  # Days after which nobody asks for them any more: what a message of a queue, kept for 14 days, has done; notices that
  # were posted; files that people handed in, which are personal data, with their scores.
  passing = { events = 90, notices = 90, uploads = 90 }

  # Read by few after a season, and large: what arrived, and what models were trained on.
  cooling = ["landing", "training"]

  buckets = { for kind in ["lake", "registry"] : kind => "${var.name}-${kind}-${var.account_id}" }
}

module "key" {
  source = "../key"

  name        = "${var.name}-lake"
  description = "${var.name}: data and models"
  region      = var.region
  account_id  = var.account_id
}

resource "aws_s3_bucket" "this" {
  for_each = local.buckets

  bucket = each.value

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].bucket

  rule {
    # One call of KMS for many objects: without it a month of small objects costs more in keys than in storage.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = module.key.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = local.buckets

  bucket                  = aws_s3_bucket.this[each.key].bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_policy" "tls" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].bucket
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyEncryptedConnections"
      Effect    = "Deny"
      Principal = "*"
      Action    = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"]
      Resource  = ["arn:aws:s3:::${each.value}", "arn:aws:s3:::${each.value}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

# Arrivals under landing/ become events, which the bridge makes starts of.
resource "aws_s3_bucket_notification" "this" {
  for_each = local.buckets

  bucket      = aws_s3_bucket.this[each.key].bucket
  eventbridge = true
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].bucket

  rule {
    id     = "leftovers"
    status = "Enabled"
    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days
    }

    expiration {
      expired_object_delete_marker = true
    }
  }

  # Glacier Instant Retrieval, not the slower classes: a rollback reads an old model at once.
  # The registry's log stays where it is, its entries being smaller than what Glacier bills at least.
  dynamic "rule" {
    for_each = each.key == "registry" ? ["old-models"] : []

    content {
      id     = rule.value
      status = "Enabled"

      filter {
        object_size_greater_than = 131072
      }

      transition {
        days          = 90
        storage_class = "GLACIER_IR"
      }
    }
  }

  # At once readable, too: a rerun or an audit does not wait.
  dynamic "rule" {
    for_each = each.key == "lake" ? local.cooling : []

    content {
      id     = "${rule.value}-cools"
      status = "Enabled"

      filter {
        prefix = "${rule.value}/"
      }

      transition {
        days          = 90
        storage_class = "STANDARD_IA"
      }
    }
  }

  dynamic "rule" {
    for_each = each.key == "lake" ? local.passing : {}

    content {
      id     = "${rule.key}-pass"
      status = "Enabled"

      filter {
        prefix = "${rule.key}/"
      }

      expiration {
        days = rule.value
      }
    }
  }
}

module "replication" {
  source = "./replication"
  count  = var.replica == null ? 0 : 1

  name           = var.name
  buckets        = { for kind, bucket in aws_s3_bucket_versioning.this : kind => bucket.bucket }
  replica        = var.replica
  use_source_key = module.key.statement
}
