output "assay" {
  value = module.assay
}
