variable "name" {
  description = "Prefix of every name, such as assay-prod."
  type        = string
}

variable "region" {
  type = string
}

variable "cidr" {
  description = "Addresses of the network; a /16 leaves room for 4,096 in each subnet."
  type        = string
}

variable "zones" {
  description = "Availability zones, named rather than looked up, so that a plan needs no account."
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 2
    error_message = "Two availability zones at least: RDS and the balancer refuse one, and so does a night on call."
  }
}

variable "nat" {
  description = "Ways out to the internet (Temporal Cloud, webhooks): none, single, or per-zone."
  type        = string

  validation {
    condition     = contains(["none", "single", "per-zone"], var.nat)
    error_message = "nat is none, single or per-zone."
  }
}

variable "endpoints" {
  description = "Whether calls of AWS stay inside the network; where there is NAT they can do without, for some $200 less a month."
  type        = bool
  default     = true

  validation {
    condition     = var.endpoints || var.nat != "none"
    error_message = "Without NAT, AWS is reached by endpoints alone."
  }
}
