# Who reads payloads in the Web UI, and by what.

variable "codec" {
  description = <<-EOT
    The codec server: its address as browsers call it, the certificate of that name, private addresses that may reach it, the Web
    UI's own address, and the logins to it that are trusted; null for none. `assay codec-server` on one's own machine is another way.
  EOT
  type = object({
    url             = string
    certificate_arn = string
    clients         = list(string)
    origin          = string
    login           = optional(object({ issuer = string, audience = string, subjects = optional(list(string), []) }))
  })
  default = null

  validation {
    condition     = var.codec == null ? true : startswith(var.codec.url, "https://") && startswith(var.codec.origin, "https://")
    error_message = "Payloads and tokens go over HTTPS: both addresses begin with https://."
  }

  validation {
    condition = (
      try(var.codec.login, null) == null || var.temporal.cloud == null ? true : length(var.codec.login.subjects) > 0
    )
    error_message = "Temporal Cloud vouches for people of all its customers: say by codec.login.subjects who may read payloads."
  }
}

locals {
  codec_secrets = var.codec == null ? {} : { codec-token = "Token by which command lines have payloads opened" }

  # The last by name: any release opens what another closed, and this one stays when the others have been dropped.
  codec_image = var.releases[reverse(sort(keys(var.releases)))[0]]
}

module "codec_server" {
  source = "../codec-server"
  count  = var.codec == null ? 0 : 1

  name        = var.name
  region      = var.region
  account_id  = var.account_id
  environment = { ASSAY_ENV = var.environment, AWS_REGION = var.region }
  image       = local.codec_image
  settings    = var.codec
  secrets = {
    ASSAY_ENCRYPTION_KEYS = module.secrets.references["encryption-keys"]
    ASSAY_CODEC_TOKEN     = module.secrets.references["codec-token"]
  }
  task_statements      = [module.secrets.use_key]
  execution_statements = [module.secrets.read, module.secrets.use_key]
  cluster              = aws_ecs_cluster.this.name
  network              = { vpc_id = module.network.vpc_id, subnet_ids = module.network.private_subnet_ids }
  kms_key_arn          = module.secrets.kms_key_arn
  log_retention_days   = var.log_retention_days
}

output "codec_server" {
  description = "Its balancer: the name of codec.url has to point at it."
  value       = var.codec == null ? null : module.codec_server[0].balancer
}
