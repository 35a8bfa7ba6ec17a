variable "name" {
  type = string
}

variable "region" {
  type = string
}

variable "account_id" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "cluster" {
  type = string
}

variable "services" {
  description = "Names of the ECS services that have to run as many tasks as they should."
  type        = set(string)
}

variable "queues" {
  type    = set(string)
  default = ["control", "data", "training"]
}

variable "dead_letter_queue" {
  type = string
}

variable "recipients" {
  description = "E-mail addresses that hear alarms; each has to confirm once."
  type        = set(string)
}

variable "monthly_budget" {
  description = "In US dollars; said at 80 % of it, and when the forecast passes it."
  type        = number
}

variable "backlog_age_seconds" {
  description = "How long a task may wait for a worker."
  type        = map(number)
  default     = { control = 120, data = 1800, training = 3600 }
}

variable "kms_key_arn" {
  type = string
}

variable "log_retention_days" {
  type = number
}
