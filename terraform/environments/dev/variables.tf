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

variable "codec" {
  description = "The codec server, by which payloads are read in the Web UI, as modules/assay has it; null for none."
  type = object({
    url             = string
    certificate_arn = string
    clients         = list(string)
    origin          = string
    login           = optional(object({ issuer = string, audience = string, subjects = optional(list(string), []) }))
  })
  default = null
}
