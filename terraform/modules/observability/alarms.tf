# Alarms that a person acts on; docs/operations.md says how, by the same names. All go to the one topic.

locals {
  by_queue = { for queue in var.queues : queue => { Environment = var.name, Queue = queue } }

  # The control workers publish these each minute (namespace Assay).
  published = merge(
    {
      failed-runs = {
        metric      = "RunsFailed", dimensions = { Environment = var.name }, stat = "Sum", threshold = 1, minutes = 5
        description = "A run has failed: assay runs list --state failed"
      }
      drift = {
        metric      = "DriftAlarms", dimensions = { Environment = var.name }, stat = "Maximum", threshold = 1, minutes = 5
        description = "A model's inputs or scores have drifted: assay models log MODEL"
      }
      # The control workers' own sign of life: no figures, no control.
      silence = {
        metric      = "Slots", dimensions = local.by_queue["control"], stat = "SampleCount", threshold = 0, minutes = 15
        description = "The control workers have published nothing for a quarter of an hour"
      }
    },
    {
      for queue, dimensions in local.by_queue : "backlog-age-${queue}" => {
        metric      = "BacklogAge", dimensions = dimensions, stat = "Maximum", threshold = var.backlog_age_seconds[queue], minutes = 5
        description = "The oldest task of ${queue} waits too long: are there workers, does autoscaling work?"
      }
    },
    {
      for queue, dimensions in local.by_queue : "schedule-to-start-${queue}" => {
        metric      = "ScheduleToStart", dimensions = dimensions, stat = "p95", threshold = var.backlog_age_seconds[queue] / 2, minutes = 15
        description = "Tasks of ${queue} start late: too few slots, or slow ones"
      }
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "published" {
  for_each = local.published

  alarm_name          = "${var.name}-alarm-${each.key}"
  alarm_description   = each.value.description
  namespace           = "Assay"
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.stat, "p") ? null : each.value.stat
  extended_statistic  = startswith(each.value.stat, "p") ? each.value.stat : null
  period              = each.value.minutes * 60
  evaluation_periods  = 1
  threshold           = each.value.threshold
  comparison_operator = each.key == "silence" ? "LessThanOrEqualToThreshold" : "GreaterThanOrEqualToThreshold"
  treat_missing_data  = each.key == "silence" ? "breaching" : "notBreaching"
  alarm_actions       = [local.topic_arn]
  ok_actions          = [local.topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name          = "${var.name}-alarm-dead-letters"
  alarm_description   = "Events that could not be handled: look at them, mend, redrive"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = var.dead_letter_queue }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [local.topic_arn]
  ok_actions          = [local.topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "running" {
  for_each = var.services

  alarm_name          = "${var.name}-alarm-running-${each.key}"
  alarm_description   = "Fewer tasks run than should: the service's events say why (image, secret, capacity, health)"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 10
  datapoints_to_alarm = 8
  treat_missing_data  = "notBreaching"
  alarm_actions       = [local.topic_arn]
  ok_actions          = [local.topic_arn]

  dynamic "metric_query" {
    for_each = { running = "RunningTaskCount", desired = "DesiredTaskCount" }

    content {
      id = metric_query.key

      metric {
        namespace   = "ECS/ContainerInsights"
        metric_name = metric_query.value
        dimensions  = { ClusterName = var.cluster, ServiceName = each.key }
        period      = 60
        stat        = "Average"
      }
    }
  }

  metric_query {
    id          = "missing"
    label       = "Tasks that should run and don't"
    expression  = "IF(running < desired, 1, 0)"
    return_data = true
  }
}
