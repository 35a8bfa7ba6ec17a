# How many workers of a release: as many as backlog and running tasks together fill. Backlog alone would stop the busy ones.

variable "service" {
  type = string
}

variable "cluster" {
  type = string
}

variable "min" {
  type = number
}

variable "max" {
  type = number
}

variable "target" {
  description = "Per cent of the slots."
  type        = number
}

variable "dimensions" {
  description = "Of the metrics Backlog, SlotsUsed and Slots in the namespace Assay, which the control workers publish each minute."
  type        = map(string)
}

locals {
  namespace = "Assay"
}

resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${var.cluster}/${var.service}"
  min_capacity       = var.min
  max_capacity       = var.max
}

resource "aws_appautoscaling_policy" "track" {
  name               = "${var.service}-track"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = var.target
    scale_out_cooldown = 60
    scale_in_cooldown  = 600

    customized_metric_specification {
      dynamic "metrics" {
        for_each = { backlog = "Backlog", used = "SlotsUsed", slots = "Slots" }

        content {
          id          = metrics.key
          return_data = false

          metric_stat {
            stat = "Average"

            metric {
              namespace   = local.namespace
              metric_name = metrics.value

              dynamic "dimensions" {
                for_each = var.dimensions

                content {
                  name  = dimensions.key
                  value = dimensions.value
                }
              }
            }
          }
        }
      }

      metrics {
        id          = "utilisation"
        label       = "Work per slot, per cent"
        expression  = "100 * (backlog + used) / IF(slots > 0, slots, 1)"
        return_data = true
      }
    }
  }
}

# A ratio cannot lift a service from zero, since twice nothing is nothing: work without a worker wakes one.
resource "aws_appautoscaling_policy" "wake" {
  count = var.min == 0 ? 1 : 0

  name               = "${var.service}-wake"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    metric_aggregation_type = "Maximum"
    cooldown                = 120

    step_adjustment {
      metric_interval_lower_bound = 0
      scaling_adjustment          = 1
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "wake" {
  count = var.min == 0 ? 1 : 0

  alarm_name          = "${var.service}-wake"
  alarm_description   = "Work waits and no worker is there: starts one. Not for people."
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.wake[0].arn]

  dynamic "metric_query" {
    for_each = { backlog = "Backlog", slots = "Slots" }

    content {
      id = metric_query.key

      metric {
        namespace   = local.namespace
        metric_name = metric_query.value
        dimensions  = var.dimensions
        period      = 60
        stat        = "Maximum"
      }
    }
  }

  metric_query {
    id          = "waiting"
    label       = "Work without a worker"
    expression  = "IF(backlog > 0 AND FILL(slots, 0) < 1, 1, 0)"
    return_data = true
  }
}
