mock_provider "aws" {}

variables {
  name               = "assay-test"
  environment        = "staging"
  region             = "eu-central-1"
  account_id         = "123456789012"
  zones              = ["eu-central-1a", "eu-central-1b"]
  cidr               = "10.50.0.0/16"
  nat                = "single"
  namespace          = "assay"
  temporal           = { cloud = { address = "eu-central-1.aws.api.temporal.io:7233", auth = "api-key" } }
  recipients         = ["on-call@example.org"]
  monthly_budget     = 100
  log_retention_days = 30
  noncurrent_days    = 30
  releases           = { "1.0.0" = "repository/assay@sha256:0000000000000000000000000000000000000000000000000000000000000000" }
  sizes = {
    control  = { cpu = 512, memory = 1024, disk = 21, min = 1, max = 2, spot = false }
    data     = { cpu = 1024, memory = 2048, disk = 30, min = 0, max = 2, spot = true }
    training = { cpu = 2048, memory = 4096, disk = 30, min = 0, max = 2, spot = true }
  }
}

run "the_parts_hang_together" {
  command = plan
  module { source = "./modules/assay" }

  assert {
    condition     = output.store == "s3://assay-test-lake-123456789012" && toset(keys(output.workers)) == toset(["control", "data", "training"])
    error_message = "A store, and workers for the three queues."
  }

  assert {
    condition     = output.temporal.address == "eu-central-1.aws.api.temporal.io:7233"
    error_message = "Workers are told where Temporal is."
  }
}

run "an_image_without_a_digest_is_refused" {
  command = plan
  variables { releases = { "1.0.0" = "repository/assay:latest" } }
  module { source = "./modules/assay" }
  expect_failures = [var.releases]
}

run "without_a_codec_server_there_is_none" {
  command = plan
  module { source = "./modules/assay" }

  assert {
    condition     = output.codec_server == null && length(module.codec_server) == 0
    error_message = "A codec server is wanted by those who name it."
  }
}

run "logins_of_temporal_cloud_want_names" {
  command = plan

  variables {
    codec = {
      url             = "https://codec.example.org"
      certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/a"
      clients         = ["10.0.0.0/16"]
      origin          = "https://cloud.temporal.io"
      login           = { issuer = "https://login.example.org/", audience = "https://api.example.org" }
    }
  }

  module { source = "./modules/assay" }
  expect_failures = [var.codec]
}
