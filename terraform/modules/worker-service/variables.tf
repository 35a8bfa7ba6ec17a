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

variable "queue" {
  description = "control, data or training."
  type        = string
}

variable "releases" {
  description = "Version to image: during a migration the old and the new run side by side, pinned runs with each."
  type        = map(string)
}

variable "size" {
  description = "CPU units and megabytes of the task, gigabytes of disk for staged and spilled data, and how many tasks."
  type        = object({ cpu = number, memory = number, disk = number, min = number, max = number, spot = bool })
}

variable "target_utilisation" {
  description = "Per cent of the slots that backlog and running tasks together should take."
  type        = number
  default     = 100
}

variable "environment" {
  description = "Settings that workers/env.ts reads; nothing secret."
  type        = map(string)
}

variable "secrets" {
  description = "Variable to the ARN of the secret that fills it."
  type        = map(string)
  default     = {}
}

variable "task_statements" {
  description = "What the code may do."
  type        = any
}

variable "execution_statements" {
  description = "What ECS may do to start it: read the secrets, use their key."
  type        = any
}

variable "cluster" {
  type = string
}

variable "subnet_ids" {
  type = list(string)
}

variable "security_group_id" {
  type = string
}

variable "kms_key_arn" {
  type = string
}

variable "log_retention_days" {
  type = number
}

variable "health_port" {
  description = "Where the worker answers /healthz, /readyz and /metrics."
  type        = number
}
