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

variable "settings" {
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
    database_password_version = number
    backup_days               = number
    ui_certificate_arn        = string
    ui_clients                = list(string)
    ui_login                  = optional(object({ url = string, issuer = string, client_id = string, scopes = optional(string, "openid,email,profile") }))
  })
}

variable "codec_endpoint" {
  type    = string
  default = ""
}

variable "network" {
  type = object({ vpc_id = string, subnet_ids = list(string) })
}

variable "cluster" {
  type = string
}

variable "worker_security_group_id" {
  type = string
}

variable "database_secret" {
  description = "ARN of the secret that is the database's password, without the six letters."
  type        = string
}

variable "client_secret" {
  description = "ARN of the secret that the Web UI knows itself to the identity provider by; null where nobody logs in."
  type        = string
  default     = null
}

variable "database_password" {
  description = "What the secret temporal-database holds; taken over when database_password_version grows."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "read_secrets" {
  type = any
}

variable "kms_key_arn" {
  type = string
}

variable "log_retention_days" {
  type = number
}
