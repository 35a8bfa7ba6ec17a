# Development: Temporal Cloud, spot capacity, everything down to the least that runs.
# It takes the overlay of staging, secrets' names included, so the two want accounts of their own.

module "assay" {
  source = "../../modules/assay"

  name        = "assay-dev"
  environment = "staging"
  region      = var.region
  account_id  = var.account_id
  zones       = ["${var.region}a", "${var.region}b"]
  cidr        = "10.40.0.0/16"
  nat         = "single"
  endpoints   = false
  releases    = var.releases
  namespace   = "assay-dev"

  temporal = {
    cloud = { address = "${var.region}.aws.api.temporal.io:7233", auth = "api-key" }
  }

  codec = var.codec

  sizes = {
    control  = { cpu = 512, memory = 1024, disk = 21, min = 1, max = 2, spot = true }
    data     = { cpu = 1024, memory = 2048, disk = 30, min = 0, max = 2, spot = true }
    training = { cpu = 2048, memory = 4096, disk = 30, min = 0, max = 2, spot = true }
  }

  recipients         = var.recipients
  monthly_budget     = 250
  log_retention_days = 14
  noncurrent_days    = 7
}
