# One key for what is not data (secrets, logs, queues, notices), and the secrets, empty: people put the values in.

variable "name" {
  type = string
}

variable "region" {
  type = string
}

variable "account_id" {
  type = string
}

variable "prefix" {
  description = "What precedes the names: secrets.awsPrefix of temporal.config.ts, without the last slash."
  type        = string
}

variable "secrets" {
  description = "Name (as in secret://name) to what it is for."
  type        = map(string)
}

module "key" {
  source = "../key"

  name        = "${var.name}-secrets"
  description = "${var.name}: secrets, logs, queues and notices"
  region      = var.region
  account_id  = var.account_id
  services = [
    "budgets.amazonaws.com",
    "cloudwatch.amazonaws.com",
    "events.amazonaws.com",
    "logs.${var.region}.amazonaws.com",
  ]
}

# No aws_secretsmanager_secret_version: a value that Terraform writes stands in its state, in the open.
resource "aws_secretsmanager_secret" "this" {
  for_each = var.secrets

  name                    = "${var.prefix}/${each.key}"
  description             = each.value
  kms_key_id              = module.key.arn
  recovery_window_in_days = 30
}

output "kms_key_arn" {
  value = module.key.arn
}

output "use_key" {
  value = module.key.statement
}

output "references" {
  description = "ARNs without the six letters that Secrets Manager adds, by name: what a task definition may refer to, known before."
  value = {
    for name in keys(var.secrets) :
    name => "arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:${var.prefix}/${name}"
  }
}

output "read" {
  description = "The statement that lets somebody read them all: the six letters are any."
  value = {
    Effect   = "Allow"
    Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    Resource = [for name in keys(var.secrets) : "arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:${var.prefix}/${name}-??????"]
  }
}
