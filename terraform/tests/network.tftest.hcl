mock_provider "aws" {}

variables {
  name   = "assay-test"
  region = "eu-central-1"
  cidr   = "10.50.0.0/16"
  zones  = ["eu-central-1a", "eu-central-1b"]
  nat    = "per-zone"
}

run "each_zone_goes_out_by_its_own_gateway" {
  command = apply
  module { source = "./modules/network" }

  assert {
    condition     = length(aws_nat_gateway.this) == 2
    error_message = "Two zones want two gateways."
  }

  assert {
    condition     = alltrue([for zone, route in aws_route.out : route.nat_gateway_id == aws_nat_gateway.this[zone].id])
    error_message = "A zone's way out must not lead through another zone."
  }
}

run "a_single_gateway_serves_both_zones" {
  command = apply
  variables { nat = "single" }
  module { source = "./modules/network" }

  assert {
    condition     = length(aws_nat_gateway.this) == 1 && length(distinct([for route in aws_route.out : route.nat_gateway_id])) == 1
    error_message = "Both zones share the one gateway."
  }
}

run "without_a_gateway_nothing_is_public" {
  command = apply
  variables { nat = "none" }
  module { source = "./modules/network" }

  assert {
    condition     = length(aws_subnet.public) + length(aws_internet_gateway.this) + length(aws_route.out) == 0
    error_message = "No way out means no public subnet and no internet gateway."
  }

  assert {
    condition     = contains(keys(aws_vpc_endpoint.interface), "secretsmanager") && aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway"
    error_message = "Without NAT, AWS is reached through endpoints."
  }
}

run "subnets_do_not_overlap" {
  command = apply
  module { source = "./modules/network" }

  assert {
    condition     = length(distinct(concat([for s in aws_subnet.private : s.cidr_block], [for s in aws_subnet.public : s.cidr_block]))) == 4
    error_message = "Four subnets, four ranges."
  }
}

run "one_zone_is_refused" {
  command = plan
  variables { zones = ["eu-central-1a"] }
  module { source = "./modules/network" }
  expect_failures = [var.zones]
}

run "endpoints_can_be_saved_where_there_is_nat" {
  command = plan
  variables { endpoints = false }
  module { source = "./modules/network" }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0 && aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway"
    error_message = "S3's is free, and stays."
  }
}

run "without_both_aws_would_be_out_of_reach" {
  command = plan

  variables {
    nat       = "none"
    endpoints = false
  }

  module { source = "./modules/network" }
  expect_failures = [var.endpoints]
}
