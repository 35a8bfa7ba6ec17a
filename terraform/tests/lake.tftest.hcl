mock_provider "aws" {}

variables {
  name            = "assay-test"
  region          = "eu-central-1"
  account_id      = "123456789012"
  noncurrent_days = 30
}

run "models_grow_cold_and_data_does_not" {
  command = plan
  module { source = "./modules/lake" }

  assert {
    condition = anytrue([for rule in aws_s3_bucket_lifecycle_configuration.this["registry"].rule :
    anytrue([for move in rule.transition : move.days == 90 && move.storage_class == "GLACIER_IR"])])
    error_message = "Models go to Glacier after 90 days, to the class that is read at once."
  }

  assert {
    condition = alltrue([for rule in aws_s3_bucket_lifecycle_configuration.this["lake"].rule :
    alltrue([for move in rule.transition : !startswith(move.storage_class, "GLACIER")])])
    error_message = "A query must not wait for Glacier."
  }
}

run "what_passes_is_deleted_and_what_is_the_truth_is_not" {
  command = plan
  module { source = "./modules/lake" }

  assert {
    condition = {
      for rule in aws_s3_bucket_lifecycle_configuration.this["lake"].rule : rule.filter[0].prefix => rule.expiration[0].days
      if endswith(rule.id, "-pass")
    } == { "events/" = 90, "notices/" = 90, "uploads/" = 90 }
    error_message = "What was done for an event, posted or handed in goes after 90 days; tables, runs and their ledger never."
  }

  assert {
    condition = (
      toset(aws_s3_bucket_lifecycle_configuration.this["lake"].rule[*].id) == toset(["leftovers", "landing-cools", "training-cools", "events-pass", "notices-pass", "uploads-pass"]) &&
      toset(aws_s3_bucket_lifecycle_configuration.this["registry"].rule[*].id) == toset(["leftovers", "old-models"])
    )
    error_message = "There is no other rule that could delete something, and of models there is none at all."
  }

  assert {
    condition = toset([for rule in aws_s3_bucket_lifecycle_configuration.this["lake"].rule : rule.filter[0].prefix
    if length(rule.transition) > 0]) == toset(["landing/", "training/"])
    error_message = "What arrived and what models were trained on grows cool; tables stay where queries are."
  }
}

run "what_is_overwritten_can_be_brought_back" {
  command = plan
  module { source = "./modules/lake" }

  assert {
    condition     = alltrue([for versioning in aws_s3_bucket_versioning.this : versioning.versioning_configuration[0].status == "Enabled"])
    error_message = "Both buckets keep versions."
  }

  assert {
    condition     = length(module.replication) == 0
    error_message = "Without a replica nothing is copied."
  }
}

run "a_replica_gets_everything_but_deletions" {
  command = plan

  variables {
    replica = { lake = "there-lake", registry = "there-registry", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/a" }
  }

  module { source = "./modules/lake" }

  assert {
    condition     = length(module.replication) == 1
    error_message = "Both buckets are copied."
  }
}

run "replication_is_bounded_in_time" {
  command = plan

  variables {
    buckets        = { lake = "here-lake", registry = "here-registry" }
    replica        = { lake = "there-lake", registry = "there-registry", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/a" }
    use_source_key = { Effect = "Allow", Action = "kms:Decrypt", Resource = "arn:aws:kms:eu-central-1:123456789012:key/*" }
  }

  module { source = "./modules/lake/replication" }

  assert {
    condition = alltrue([for copy in aws_s3_bucket_replication_configuration.this :
    copy.rule[0].destination[0].replication_time[0].time[0].minutes == 15 && copy.rule[0].delete_marker_replication[0].status == "Disabled"])
    error_message = "Copied within 15 minutes, and never deleted by a copy."
  }
}
