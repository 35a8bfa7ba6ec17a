# Where Temporal is: in Temporal Cloud, or a server of our own. Workers see one address either way.

variable "name" {
  type = string
}

variable "region" {
  type = string
}

variable "account_id" {
  type = string
}

variable "namespace" {
  type = string
}

variable "cloud" {
  description = "Temporal Cloud: its address, and by what it knows us (api-key or mtls); null for a server of our own."
  type        = object({ address = string, auth = string })
  default     = null

  validation {
    condition     = var.cloud == null ? true : contains(["api-key", "mtls"], var.cloud.auth)
    error_message = "auth is api-key or mtls."
  }
}

variable "self_hosted" {
  description = "A server of our own: images, sizes, who may open the Web UI and with which certificate; null for Temporal Cloud."
  type = object({
    server_image              = string
    ui_image                  = string
    tools_image               = string
    tasks                     = number
    cpu                       = number
    memory                    = number
    history_shards            = number
    database_class            = string
    database_gb               = number
    multi_az                  = bool
    database_password_version = optional(number, 1)
    backup_days               = number
    ui_certificate_arn        = string
    ui_clients                = list(string)
    ui_login                  = optional(object({ url = string, issuer = string, client_id = string, scopes = optional(string, "openid,email,profile") }))
  })
  default = null

  validation {
    condition     = (var.self_hosted == null) != (var.cloud == null)
    error_message = "Either cloud or self_hosted says where Temporal is."
  }
}

variable "codec_endpoint" {
  description = "Address at which browsers find the codec server; empty for none."
  type        = string
  default     = ""
}

variable "network" {
  type = object({ vpc_id = string, subnet_ids = list(string) })
}

variable "worker_security_group_id" {
  type = string
}

variable "cluster" {
  type = string
}

variable "secret_references" {
  description = "Of the secrets module, by name: temporal-api-key, temporal-client-certificate, temporal-client-key, temporal-database, web-ui-client."
  type        = map(string)
}

variable "database_password" {
  type      = string
  default   = null
  ephemeral = true
  sensitive = true
}

variable "read_secrets" {
  description = "The statements that let ECS read the secrets."
  type        = any
}

variable "kms_key_arn" {
  type = string
}

variable "log_retention_days" {
  type = number
}

locals {
  by_key = var.cloud == null ? {} : var.cloud.auth == "api-key" ? { TEMPORAL_API_KEY = "temporal-api-key" } : {
    TEMPORAL_TLS_CLIENT_CERT_DATA = "temporal-client-certificate"
    TEMPORAL_TLS_CLIENT_KEY_DATA  = "temporal-client-key"
  }
}

module "self_hosted" {
  source = "./self-hosted"
  count  = var.self_hosted == null ? 0 : 1

  name                     = var.name
  region                   = var.region
  account_id               = var.account_id
  namespace                = var.namespace
  settings                 = var.self_hosted
  codec_endpoint           = var.codec_endpoint
  network                  = var.network
  cluster                  = var.cluster
  worker_security_group_id = var.worker_security_group_id
  database_secret          = var.secret_references["temporal-database"]
  client_secret            = try(var.secret_references["web-ui-client"], null)
  database_password        = var.database_password
  read_secrets             = var.read_secrets
  kms_key_arn              = var.kms_key_arn
  log_retention_days       = var.log_retention_days
}

output "environment" {
  description = "How workers reach it, by Temporal's own names."
  value = {
    TEMPORAL_ADDRESS   = var.cloud == null ? "temporal.${var.name}.internal:7233" : var.cloud.address
    TEMPORAL_NAMESPACE = var.namespace
    TEMPORAL_TLS       = var.cloud == null ? "false" : "true"
  }
}

output "secrets" {
  value = { for variable, secret in local.by_key : variable => var.secret_references[secret] }
}

output "web_ui" {
  value = var.cloud == null ? module.self_hosted[0].web_ui : "https://cloud.temporal.io/namespaces/${var.namespace}"
}
