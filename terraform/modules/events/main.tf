# What happens in AWS reaches a queue that the control worker reads: training jobs, arrivals in S3, alarms.

locals {
  queue     = "${var.name}-events"
  queue_arn = "arn:aws:sqs:${var.region}:${var.account_id}:${local.queue}"

  rules = {
    training = {
      description = "State changes of our training jobs"
      pattern = {
        source        = ["aws.sagemaker"]
        "detail-type" = ["SageMaker Training Job State Change", "SageMaker Model Package State Change"]
        account       = [var.account_id]
      }
    }
    arrivals = {
      description = "Files that arrive under landing/"
      pattern = {
        source        = ["aws.s3"]
        "detail-type" = ["Object Created"]
        detail        = { bucket = { name = [var.lake_bucket] }, object = { key = [{ prefix = "landing/" }] } }
      }
    }
    alarms = {
      description = "Our alarms as they change"
      pattern = {
        source        = ["aws.cloudwatch"]
        "detail-type" = ["CloudWatch Alarm State Change"]
        resources     = [{ prefix = "arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:${var.name}-" }]
      }
    }
  }
}

variable "name" {
  type = string
}

variable "region" {
  type = string
}

variable "account_id" {
  type = string
}

variable "lake_bucket" {
  type = string
}

variable "kms_key_arn" {
  type = string
}

# A message that five receivers could not handle waits here for a person, two weeks; an alarm tells.
resource "aws_sqs_queue" "dead" {
  name                      = "${local.queue}-dead"
  message_retention_seconds = 1209600
  kms_master_key_id         = var.kms_key_arn
}

resource "aws_sqs_queue" "this" {
  name                       = local.queue
  kms_master_key_id          = var.kms_key_arn
  message_retention_seconds  = 345600
  visibility_timeout_seconds = 120
  receive_wait_time_seconds  = 20
  redrive_policy = jsonencode({
    deadLetterTargetArn = "${local.queue_arn}-dead"
    maxReceiveCount     = 5
  })
  depends_on = [aws_sqs_queue.dead]
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url = aws_sqs_queue.dead.id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.queue_arn]
  })
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.rules

  name          = "${var.name}-${each.key}"
  description   = each.value.description
  event_pattern = jsonencode(each.value.pattern)
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.rules

  rule = aws_cloudwatch_event_rule.this[each.key].name
  arn  = aws_sqs_queue.this.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }
}

resource "aws_sqs_queue_policy" "this" {
  for_each = { events = aws_sqs_queue.this.id, dead = aws_sqs_queue.dead.id }

  queue_url = each.value
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = each.key == "dead" ? "${local.queue_arn}-dead" : local.queue_arn
      Condition = {
        ArnLike = { "aws:SourceArn" = "arn:aws:events:${var.region}:${var.account_id}:rule/${var.name}-*" }
      }
    }]
  })
}

output "queue_url" {
  description = "Built from names, so that a task definition is known before the queue is."
  value       = "https://sqs.${var.region}.amazonaws.com/${var.account_id}/${local.queue}"
}

output "dead_letter_queue" {
  value = aws_sqs_queue.dead.name
}

output "receive" {
  description = "The statements of who reads the queue: also the dead letters, for `redrive` and for looking."
  value = [{
    Effect = "Allow"
    Action = [
      "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage",
    ]
    Resource = local.queue_arn
    }, {
    Effect   = "Allow"
    Action   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"]
    Resource = "${local.queue_arn}-dead"
  }]
}
