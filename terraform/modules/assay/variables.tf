variable "name" {
  description = "The environment's prefix, such as assay-prod."
  type        = string
}

variable "environment" {
  description = "staging or production: which overlay of temporal.config.ts the workers take, and the prefix of the secrets."
  type        = string
}

variable "region" {
  type = string
}

variable "account_id" {
  type = string
}

variable "zones" {
  type = list(string)
}

variable "cidr" {
  type = string
}

variable "nat" {
  type = string
}

variable "endpoints" {
  type    = bool
  default = true
}

variable "releases" {
  description = "Version to image, digest included. One, or two while a version takes over."
  type        = map(string)

  validation {
    condition     = length(var.releases) >= 1 && length(var.releases) <= 3
    error_message = "One release, or up to three during a migration."
  }

  validation {
    condition     = alltrue([for image in values(var.releases) : can(regex("@sha256:[0-9a-f]{64}$", image))])
    error_message = "An image is named by its digest (…@sha256:…): a tag may change under a running version."
  }
}

variable "sizes" {
  description = "By queue: CPU units, megabytes, gigabytes of disk, least and most tasks, whether on spot capacity."
  type        = map(object({ cpu = number, memory = number, disk = number, min = number, max = number, spot = bool }))
}

variable "temporal" {
  description = "As the temporal module's cloud and self_hosted; one of them."
  type = object({
    cloud = optional(object({ address = string, auth = string }))
    self_hosted = optional(object({
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
    }))
  })
}

variable "database_password" {
  description = "For a server of our own: what the secret temporal-database holds."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "namespace" {
  type = string
}

variable "projects" {
  description = "With them the names of training jobs begin: rights end there."
  type        = set(string)
  default     = ["readmission"]
}

variable "secrets" {
  description = "More secrets, for secret://name in the configuration: name to what it is for."
  type        = map(string)
  default     = {}
}

variable "settings" {
  description = "More variables of workers/env.ts, for all workers."
  type        = map(string)
  default     = {}
}

variable "recipients" {
  type = set(string)
}

variable "monthly_budget" {
  type = number
}

variable "log_retention_days" {
  type = number
}

variable "noncurrent_days" {
  type = number
}

variable "replica" {
  type    = object({ lake = string, registry = string, kms_key_arn = string })
  default = null
}
