variable "name" {
  description = "The environment's prefix, such as assay-prod."
  type        = string
}

variable "region" {
  type = string
}

variable "account_id" {
  type = string
}

variable "environment" {
  description = "Settings that workers/env.ts reads; nothing secret."
  type        = map(string)
}

variable "image" {
  description = "The workers' own, by digest: what closes payloads opens them."
  type        = string
}

variable "settings" {
  description = <<-EOT
    Certificate of its internal name, who may reach it, the Web UI's address (browsers of no other page are answered), and whose
    logins to that Web UI it trusts. An issuer whose tokens people of other companies have too (Temporal Cloud's) wants subjects.
  EOT
  type = object({
    certificate_arn = string
    clients         = list(string)
    origin          = string
    login           = optional(object({ issuer = string, audience = string, subjects = optional(list(string), []) }))
  })
}

variable "secrets" {
  description = "Variable to the ARN of the secret that fills it: the keys, and the token for the command line."
  type        = map(string)
}

variable "task_statements" {
  description = "What the code may do: use the key that data keys are wrapped with."
  type        = any
}

variable "execution_statements" {
  description = "What ECS may do to start it: read the secrets, use their key."
  type        = any
}

variable "cluster" {
  type = string
}

variable "network" {
  type = object({ vpc_id = string, subnet_ids = list(string) })
}

variable "kms_key_arn" {
  type = string
}

variable "log_retention_days" {
  type = number
}
