mock_provider "aws" {}

variables {
  name               = "assay-test"
  region             = "eu-central-1"
  account_id         = "123456789012"
  vpc_id             = "vpc-a"
  cluster            = "assay-test"
  services           = ["assay-test-control-1", "assay-test-data-1"]
  dead_letter_queue  = "assay-test-events-dead"
  recipients         = ["on-call@example.org"]
  monthly_budget     = 100
  kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/a"
  log_retention_days = 30
}

run "every_alarm_reaches_somebody" {
  command = plan
  module { source = "./modules/observability" }

  assert {
    condition = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.published), values(aws_cloudwatch_metric_alarm.running), [aws_cloudwatch_metric_alarm.dead_letters]) :
    alarm.alarm_actions == toset([output.topic_arn]) && alarm.alarm_description != ""])
    error_message = "An alarm that nobody hears, or that says nothing, is none."
  }
}

run "silence_is_an_alarm_itself" {
  command = plan
  module { source = "./modules/observability" }

  assert {
    condition     = aws_cloudwatch_metric_alarm.published["silence"].treat_missing_data == "breaching"
    error_message = "No figures must not look like good figures."
  }
}

run "each_queue_and_service_is_watched" {
  command = plan
  module { source = "./modules/observability" }

  assert {
    condition     = length(setintersection(keys(aws_cloudwatch_metric_alarm.published), ["backlog-age-control", "backlog-age-data", "backlog-age-training", "schedule-to-start-training"])) == 4
    error_message = "Each queue has its alarms."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.running) == 2
    error_message = "Each service has its alarm."
  }
}

run "the_dashboard_shows_each_alarm" {
  command = plan
  module { source = "./modules/observability" }

  assert {
    condition = (
      toset(flatten([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : try(widget.properties.alarms, [])])) ==
      toset([for alarm in concat(values(aws_cloudwatch_metric_alarm.published), values(aws_cloudwatch_metric_alarm.running), [aws_cloudwatch_metric_alarm.dead_letters]) :
      "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${alarm.alarm_name}"])
    )
    error_message = "The list of alarms on the dashboard is the list of alarms."
  }
}
