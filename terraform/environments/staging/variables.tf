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

variable "database_password" {
  description = "What the secret temporal-database holds, as TF_VAR_database_password: write-only, it stands in no plan and no state."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "codec" {
  description = "The codec server, by which payloads are read in the Web UI, as modules/assay has it; null for none."
  type = object({
    url             = string
    certificate_arn = string
    clients         = list(string)
    origin          = string
    login           = optional(object({ issuer = string, audience = string, subjects = optional(list(string), []) }))
  })
}

variable "ui_login" {
  description = "Who may open the Web UI: its address, the identity provider and what it knows the Web UI as; null for all of ui_clients."
  type        = object({ url = string, issuer = string, client_id = string })
}
