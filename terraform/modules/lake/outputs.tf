output "buckets" {
  description = "Names, by lake and registry."
  value       = { for kind, bucket in aws_s3_bucket.this : kind => bucket.bucket }
}

output "kms_key_arn" {
  value = module.key.arn
}

output "use_key" {
  description = "The statement that lets somebody read and write encrypted objects."
  value       = module.key.statement
}
