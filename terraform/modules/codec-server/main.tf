# The codec server: opens payloads for the Web UI and the command line of whoever may read them. It holds the keys and
# nothing else: no rights to data, no way to Temporal.

locals {
  full = "${var.name}-codec"
  logs = "/${var.name}/codec"
  port = 8081

  login = var.settings.login == null ? {} : {
    ASSAY_CODEC_ISSUER   = var.settings.login.issuer
    ASSAY_CODEC_AUDIENCE = var.settings.login.audience
    ASSAY_CODEC_SUBJECTS = join(",", var.settings.login.subjects)
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = local.logs
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_iam_role" "this" {
  for_each = {
    task      = { description = "What the codec server may do" }
    execution = { description = "What ECS needs to start it" }
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
  name   = "open"
  role   = aws_iam_role.this["task"].id
  policy = jsonencode({ Version = "2012-10-17", Statement = var.task_statements })
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
  family                   = local.full
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  task_role_arn            = aws_iam_role.this["task"].arn
  execution_role_arn       = aws_iam_role.this["execution"].arn

  container_definitions = jsonencode([{
    name                   = "codec"
    image                  = var.image
    essential              = true
    command                = ["/assay/bin/assay", "codec-server", "--host", "0.0.0.0", "--port", tostring(local.port), "--origin", var.settings.origin]
    user                   = "1000:1000"
    readonlyRootFilesystem = true
    linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"], add = [] } }
    portMappings           = [{ containerPort = local.port, protocol = "tcp" }]
    environment            = [for name, value in merge(var.environment, local.login) : { name = name, value = value }]
    secrets                = [for name, arn in var.secrets : { name = name, valueFrom = arn }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = local.logs
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = "codec"
      }
    }
    healthCheck = {
      command     = ["CMD", "node", "-e", "fetch('http://127.0.0.1:${local.port}/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
      interval    = 15
      timeout     = 5
      retries     = 4
      startPeriod = 30
    }
  }])
}

resource "aws_ecs_service" "this" {
  name            = local.full
  cluster         = var.cluster
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = 1
  launch_type     = "FARGATE"
  propagate_tags  = "SERVICE"
  depends_on      = [aws_lb_listener.this]

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.network.subnet_ids
    security_groups  = [aws_security_group.this["server"].id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this.arn
    container_name   = "codec"
    container_port   = local.port
  }
}
