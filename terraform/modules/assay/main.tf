# One environment, whole: an environment's folder says its sizes, this says how the parts hang together.

locals {
  temporal_secrets = (
    var.temporal.cloud == null ? { temporal-database = "Password of Temporal's database" } :
    var.temporal.cloud.auth == "api-key" ? { temporal-api-key = "API key of Temporal Cloud" } :
    { temporal-client-certificate = "Certificate for Temporal Cloud", temporal-client-key = "Its private key" }
  )
  ui_secrets = try(var.temporal.self_hosted.ui_login, null) == null ? {} : { web-ui-client = "By which the Web UI knows itself to the identity provider" }
}

module "network" {
  source = "../network"

  name   = var.name
  region = var.region
  cidr   = var.cidr
  zones  = var.zones
  nat    = var.nat

  endpoints = var.endpoints
}

module "secrets" {
  source = "../secrets"

  name       = var.name
  region     = var.region
  account_id = var.account_id
  prefix     = "assay/${var.environment}"
  secrets    = merge(local.temporal_secrets, local.ui_secrets, local.codec_secrets, { encryption-keys = "Keys that payloads are encrypted with" }, var.secrets)
}

module "lake" {
  source = "../lake"

  name            = var.name
  region          = var.region
  account_id      = var.account_id
  noncurrent_days = var.noncurrent_days
  replica         = var.replica
}

module "events" {
  source = "../events"

  name        = var.name
  region      = var.region
  account_id  = var.account_id
  lake_bucket = module.lake.buckets["lake"]
  kms_key_arn = module.secrets.kms_key_arn
}

module "training" {
  source = "../training"

  name        = var.name
  region      = var.region
  account_id  = var.account_id
  lake_bucket = module.lake.buckets["lake"]
  kms_key_arn = module.lake.kms_key_arn
  use_key     = module.lake.use_key
  network     = { vpc_id = module.network.vpc_id, subnet_ids = module.network.private_subnet_ids }
  projects    = var.projects
}

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

# ECS makes it by itself, and would keep it for ever.
resource "aws_cloudwatch_log_group" "insights" {
  name              = "/aws/ecs/containerinsights/${var.name}/performance"
  retention_in_days = 14
  kms_key_id        = module.secrets.kms_key_arn
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_security_group" "workers" {
  name        = "${var.name}-workers"
  description = "Workers: nothing in; out to AWS and Temporal"
  vpc_id      = module.network.vpc_id
}

resource "aws_vpc_security_group_egress_rule" "workers" {
  for_each = { aws-and-webhooks = 443, temporal = 7233 }

  security_group_id = aws_security_group.workers.id
  description       = each.key
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

module "temporal" {
  source = "../temporal"

  name                     = var.name
  region                   = var.region
  account_id               = var.account_id
  namespace                = var.namespace
  cloud                    = var.temporal.cloud
  self_hosted              = var.temporal.self_hosted
  codec_endpoint           = var.codec == null ? "" : var.codec.url
  network                  = { vpc_id = module.network.vpc_id, subnet_ids = module.network.private_subnet_ids }
  worker_security_group_id = aws_security_group.workers.id
  cluster                  = aws_ecs_cluster.this.name
  secret_references        = module.secrets.references
  database_password        = var.database_password
  read_secrets             = [module.secrets.read, module.secrets.use_key]
  kms_key_arn              = module.secrets.kms_key_arn
  log_retention_days       = var.log_retention_days
}

module "observability" {
  source = "../observability"

  name               = var.name
  region             = var.region
  account_id         = var.account_id
  vpc_id             = module.network.vpc_id
  cluster            = aws_ecs_cluster.this.name
  services           = toset(flatten([for workers in module.workers : values(workers.services)]))
  dead_letter_queue  = module.events.dead_letter_queue
  recipients         = var.recipients
  monthly_budget     = var.monthly_budget
  kms_key_arn        = module.secrets.kms_key_arn
  log_retention_days = var.log_retention_days
}

output "store" {
  value = "s3://${module.lake.buckets["lake"]}"
}

output "buckets" {
  value = module.lake.buckets
}

output "temporal" {
  value = { address = module.temporal.environment.TEMPORAL_ADDRESS, namespace = var.namespace, web_ui = module.temporal.web_ui }
}

output "workers" {
  description = "ECS services, by queue and release."
  value       = { for queue, workers in module.workers : queue => workers.services }
}

output "releases" {
  description = "What runs: scripts/deploy.mjs adds to it and takes away."
  value       = var.releases
}
