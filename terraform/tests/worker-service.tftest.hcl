mock_provider "aws" {}

variables {
  name                 = "assay-test"
  region               = "eu-central-1"
  account_id           = "123456789012"
  queue                = "training"
  releases             = { "1.4.0" = "repository/assay@sha256:a" }
  size                 = { cpu = 2048, memory = 4096, disk = 30, min = 0, max = 4, spot = false }
  environment          = { ASSAY_ENV = "production" }
  secrets              = { TEMPORAL_API_KEY = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:key" }
  task_statements      = []
  execution_statements = []
  cluster              = "assay-test"
  subnet_ids           = ["subnet-a", "subnet-b"]
  security_group_id    = "sg-a"
  kms_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/a"
  log_retention_days   = 30
  health_port          = 8080
}

run "a_worker_drains_for_as_long_as_fargate_allows" {
  command = plan
  module { source = "./modules/worker-service" }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this["1.4.0"].container_definitions)[0].stopTimeout == 120
    error_message = "120 s is Fargate's most; the worker needs 115."
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.this["1.4.0"].container_definitions)[0].environment, { name = "ASSAY_CODE_VERSION", value = "1.4.0" })
    error_message = "The version of the workers is the version of the release."
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.this["1.4.0"].container_definitions)[0].environment, { name = "NODE_OPTIONS", value = "--max-old-space-size=1024" })
    error_message = "A quarter of 4 GB is Node's; half is DuckDB's."
  }
}

run "health_is_asked_of_the_process_alone" {
  command = plan
  module { source = "./modules/worker-service" }

  assert {
    condition     = strcontains(jsondecode(aws_ecs_task_definition.this["1.4.0"].container_definitions)[0].healthCheck.command[3], "127.0.0.1:8080/healthz")
    error_message = "The check asks /healthz on the port of the worker."
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.this["1.4.0"].container_definitions)[0].environment, { name = "ASSAY_HEALTH_PORT", value = "8080" })
    error_message = "The worker is told the port."
  }
}

run "two_releases_run_side_by_side" {
  command = plan
  variables { releases = { "1.4.0" = "repository/assay@sha256:a", "1.5.0" = "repository/assay@sha256:b" } }
  module { source = "./modules/worker-service" }

  assert {
    condition     = toset(values(output.services)) == toset(["assay-test-training-1-4-0", "assay-test-training-1-5-0"])
    error_message = "Each release has a service of its own."
  }
}

run "a_service_that_sleeps_is_woken_by_work" {
  command = plan

  variables {
    service    = "assay-test-training-1"
    min        = 0
    max        = 4
    target     = 100
    dimensions = { Environment = "assay-test", Queue = "training" }
  }

  module { source = "./modules/worker-service/autoscaling" }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.wake) == 1 && aws_appautoscaling_target.this.min_capacity == 0
    error_message = "From zero only the alarm lifts it."
  }
}

run "a_service_that_never_sleeps_needs_no_waking" {
  command = plan

  variables {
    service    = "assay-test-control-1"
    min        = 2
    max        = 4
    target     = 70
    dimensions = { Environment = "assay-test", Queue = "control" }
  }

  module { source = "./modules/worker-service/autoscaling" }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.wake) == 0
    error_message = "With a task always there, tracking is enough."
  }
}
