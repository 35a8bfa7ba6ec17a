# Workers of one queue on Fargate: a service for each release, stateless, replaced and stopped at any moment.

locals {
  full = "${var.name}-${var.queue}"
  logs = "/${var.name}/workers/${var.queue}"

  # Half of the memory is DuckDB's in data and training; the heap gets a quarter there, most of it in control.
  heap_mb = floor(var.size.memory * (var.queue == "control" ? 0.7 : 0.25))
  environment = merge(var.environment, {
    NODE_OPTIONS      = "--max-old-space-size=${local.heap_mb}"
    ASSAY_HEALTH_PORT = tostring(var.health_port)
  })

  # Liveness is the process's own affair: it does not ask for Temporal, or an outage there would kill every worker.
  health = {
    command     = ["CMD", "node", "-e", "fetch('http://127.0.0.1:${var.health_port}/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
    interval    = 15
    timeout     = 5
    retries     = 4
    startPeriod = 60
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = local.logs
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_iam_role" "this" {
  for_each = {
    task      = { description = "What the workers of ${var.queue} may do" }
    execution = { description = "What ECS needs to start them" }
  }

  name        = "${local.full}-${each.key}"
  description = each.value.description
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "task" {
  name = "work"
  role = aws_iam_role.this["task"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(var.task_statements, [{
      # A busy task asks not to be scaled in.
      Effect   = "Allow"
      Action   = ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]
      Resource = "arn:aws:ecs:${var.region}:${var.account_id}:task/${var.cluster}/*"
    }])
  })
}

resource "aws_iam_role_policy" "execution" {
  name = "start"
  role = aws_iam_role.this["execution"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(var.execution_statements, [
      { Effect = "Allow", Action = "ecr:GetAuthorizationToken", Resource = "*" },
      {
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = "arn:aws:ecr:${var.region}:*:repository/assay"
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:${var.region}:${var.account_id}:log-group:${local.logs}:*"
      },
    ])
  })
}

resource "aws_ecs_task_definition" "this" {
  for_each = var.releases

  family                   = "${local.full}-${replace(each.key, ".", "-")}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.size.cpu
  memory                   = var.size.memory
  task_role_arn            = aws_iam_role.this["task"].arn
  execution_role_arn       = aws_iam_role.this["execution"].arn

  ephemeral_storage {
    size_in_gib = var.size.disk
  }

  # The root is read-only: what has to be written (spill, staged objects, locks) goes here and dies with the task.
  volume {
    name = "scratch"
  }

  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([{
    name                   = "worker"
    image                  = each.value
    essential              = true
    command                = ["node", "dist/workers/run.js", "--queues", var.queue]
    user                   = "1000:1000"
    readonlyRootFilesystem = true
    # Fargate's most: the worker drains for 100 s and lets go at 115.
    stopTimeout = 120
    # Node as process 1 gets no default signal handling, and reaps no children: init does both.
    linuxParameters = { initProcessEnabled = true, capabilities = { drop = ["ALL"], add = [] } }
    mountPoints = [
      { sourceVolume = "scratch", containerPath = "/assay/.assay", readOnly = false },
      { sourceVolume = "tmp", containerPath = "/tmp", readOnly = false },
    ]
    environment = [for name, value in merge(local.environment, { ASSAY_CODE_VERSION = each.key }) : { name = name, value = value }]
    secrets     = [for name, arn in var.secrets : { name = name, valueFrom = arn }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = local.logs
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = each.key
        # Losing a line is better than stopping the work where the logs stall.
        mode              = "non-blocking"
        "max-buffer-size" = "25m"
      }
    }
    healthCheck = local.health
  }])
}

resource "aws_ecs_service" "this" {
  for_each = var.releases

  name                  = "${local.full}-${replace(each.key, ".", "-")}"
  cluster               = var.cluster
  task_definition       = aws_ecs_task_definition.this[each.key].arn
  desired_count         = max(1, var.size.min)
  propagate_tags        = "SERVICE"
  wait_for_steady_state = false

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  capacity_provider_strategy {
    capacity_provider = var.size.spot ? "FARGATE_SPOT" : "FARGATE"
    weight            = 1
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [var.security_group_id]
    assign_public_ip = false
  }

  # One at first, also where none is needed: a version is ready when its workers have been seen on every queue.
  # From then on autoscaling decides how many.
  lifecycle {
    ignore_changes = [desired_count]
  }
}

module "autoscaling" {
  source   = "./autoscaling"
  for_each = var.releases

  service    = aws_ecs_service.this[each.key].name
  cluster    = var.cluster
  min        = var.size.min
  max        = var.size.max
  target     = var.target_utilisation
  dimensions = { Environment = var.name, Queue = var.queue }
}

output "services" {
  description = "Names, by release."
  value       = { for release, service in aws_ecs_service.this : release => service.name }
}

output "log_group" {
  value = local.logs
}
