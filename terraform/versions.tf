# Nothing is applied from here: environments/ are. This lets `terraform test` run the tests of all modules at once.
terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}
