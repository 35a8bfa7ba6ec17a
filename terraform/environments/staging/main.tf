# Staging: the same parts as production, a server of our own included, in one copy of each.

module "assay" {
  source = "../../modules/assay"

  name        = "assay-staging"
  environment = "staging"
  region      = var.region
  account_id  = var.account_id
  zones       = ["${var.region}a", "${var.region}b"]
  cidr        = "10.41.0.0/16"
  nat         = "single"
  releases    = var.releases
  namespace   = "assay-staging"

  database_password = var.database_password

  temporal = {
    self_hosted = {
      server_image       = "temporalio/server:1.31.0"
      ui_image           = "temporalio/ui:2.49.1"
      tools_image        = "temporalio/admin-tools:1.31.0"
      tasks              = 1
      cpu                = 1024
      memory             = 2048
      history_shards     = 512
      database_class     = "db.t4g.medium"
      database_gb        = 20
      multi_az           = false
      backup_days        = 3
      ui_certificate_arn = var.ui_certificate_arn
      ui_clients         = var.ui_clients
      ui_login           = var.ui_login
    }
  }

  codec = var.codec

  sizes = {
    control  = { cpu = 512, memory = 1024, disk = 21, min = 1, max = 2, spot = false }
    data     = { cpu = 1024, memory = 2048, disk = 30, min = 1, max = 3, spot = true }
    training = { cpu = 2048, memory = 4096, disk = 30, min = 0, max = 2, spot = true }
  }

  recipients         = var.recipients
  monthly_budget     = 600
  log_retention_days = 30
  noncurrent_days    = 14
}
