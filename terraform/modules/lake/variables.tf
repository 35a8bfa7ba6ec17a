variable "name" {
  type = string
}

variable "region" {
  type = string
}

variable "account_id" {
  description = "Part of the buckets' names, which are unique in the whole world, and of the key's policy."
  type        = string
}

variable "noncurrent_days" {
  description = "How long what was overwritten or deleted can be brought back."
  type        = number
}

variable "replica" {
  description = "Buckets in another region that every object is copied to within 15 minutes, and their key; null for none."
  type        = object({ lake = string, registry = string, kms_key_arn = string })
  default     = null
}
