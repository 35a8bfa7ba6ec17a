# Production: two of everything that must not stop, no spot where work would be lost to it, models copied to another region.

module "assay" {
  source = "../../modules/assay"

  name        = "assay-prod"
  environment = "production"
  region      = var.region
  account_id  = var.account_id
  zones       = ["${var.region}a", "${var.region}b"]
  cidr        = "10.42.0.0/16"
  nat         = "per-zone"
  releases    = var.releases
  namespace   = "assay"
  replica     = var.replica

  database_password = var.database_password

  temporal = {
    self_hosted = {
      server_image       = "temporalio/server:1.31.0"
      ui_image           = "temporalio/ui:2.49.1"
      tools_image        = "temporalio/admin-tools:1.31.0"
      tasks              = 2
      cpu                = 2048
      memory             = 4096
      history_shards     = 512
      database_class     = "db.m7g.large"
      database_gb        = 100
      multi_az           = true
      backup_days        = 14
      ui_certificate_arn = var.ui_certificate_arn
      ui_clients         = var.ui_clients
      ui_login           = var.ui_login
    }
  }

  codec = var.codec

  sizes = {
    control  = { cpu = 512, memory = 1024, disk = 21, min = 2, max = 6, spot = false }
    data     = { cpu = 1024, memory = 2048, disk = 50, min = 1, max = 10, spot = false }
    training = { cpu = 2048, memory = 4096, disk = 50, min = 0, max = 4, spot = false }
  }

  recipients         = var.recipients
  monthly_budget     = 2500
  log_retention_days = 365
  noncurrent_days    = 35
}
