variable "account_id" {
  description = "The AWS account; applying to another one is refused."
  type        = string
}

variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "releases" {
  description = "Version to image by digest; the release workflow gives it."
  type        = map(string)
}

variable "recipients" {
  description = "E-mail addresses that hear alarms."
  type        = set(string)
}

variable "ui_certificate_arn" {
  description = "Certificate of the Web UI's internal name."
  type        = string
}

variable "ui_clients" {
  description = "Private addresses that may open the Web UI: the VPN's."
  type        = list(string)
}

variable "replica" {
  description = "Versioned buckets in another region that every object is copied to, and their key. They are made there by hand, before this; null for none."
  type        = object({ lake = string, registry = string, kms_key_arn = string })
}

variable "database_password" {
  description = "What the secret temporal-database holds, as TF_VAR_database_password: write-only, it stands in no plan and no state."
  type        = string
  ephemeral   = true
  sensitive   = true
}
