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
