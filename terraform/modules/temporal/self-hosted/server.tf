# Temporal's server and Web UI, from the project's own images.

locals {
  host      = "temporal.${var.name}.internal"
  host_arn  = "arn:aws:ssm:${var.region}:${var.account_id}:parameter/${var.name}/temporal/database-host"
  log_names = { for part in ["server", "ui", "schema", "namespace"] : part => "/${var.name}/temporal/${part}" }

  # The default dispatches 20 tasks a second for a shard, fires timers up to a second late, and lets a pipeline with
  # many tasks keep the others waiting; partitions of a queue would be fair each for itself.
  dynamic_config = yamlencode({
    "history.transferProcessorMaxPollRPS"        = [{ value = 2000 }]
    "history.timerProcessorMaxPollRPS"           = [{ value = 2000 }]
    "history.timerProcessorMaxTimeShift"         = [{ value = "50ms" }]
    "frontend.enableCancelWorkerPollsOnShutdown" = [{ value = true }]
    "matching.enableFairness"                    = [{ value = true }]
    "matching.numTaskqueueReadPartitions"        = [{ value = 1 }]
    "matching.numTaskqueueWritePartitions"       = [{ value = 1 }]
  })

  database = {
    environment = { DB = "postgres12", DB_PORT = "5432", POSTGRES_USER = "temporal", SQL_TLS_ENABLED = "true" }
    secrets     = { POSTGRES_SEEDS = local.host_arn, POSTGRES_PWD = var.database_secret }
  }

  containers = {
    server = {
      image = var.settings.server_image
      port  = 7233
      command = ["/bin/sh", "-c",
        "printf '%s' \"$DYNAMIC_CONFIG\" > /tmp/dynamic.yaml && exec /etc/temporal/entrypoint.sh",
      ]
      environment = merge(local.database.environment, {
        NUM_HISTORY_SHARDS       = tostring(var.settings.history_shards)
        DYNAMIC_CONFIG           = local.dynamic_config
        DYNAMIC_CONFIG_FILE_PATH = "/tmp/dynamic.yaml"
        PROMETHEUS_ENDPOINT      = "0.0.0.0:9090"
      })
      secrets = local.database.secrets
      cpu     = var.settings.cpu
      memory  = var.settings.memory
    }
    # Run once: schema before the server's first start and each of its new versions, namespace after the first start.
    # Both change nothing that is up to date; docs/operations.md has the commands.
    namespace = {
      image       = var.settings.tools_image
      port        = null
      command     = ["/bin/sh", "-ec", file("${path.module}/namespace.sh")]
      environment = { TEMPORAL_ADDRESS = "${local.host}:7233", TEMPORAL_NAMESPACE = var.namespace }
      secrets     = {}
      cpu         = 256
      memory      = 512
    }
    schema = {
      image       = var.settings.tools_image
      port        = null
      command     = ["/bin/sh", "-ec", file("${path.module}/schema.sh")]
      environment = { SQL_PLUGIN = "postgres12", SQL_PORT = "5432", SQL_USER = "temporal", SQL_TLS = "true", SQL_TLS_DISABLE_HOST_VERIFICATION = "true" }
      secrets     = { SQL_HOST = local.host_arn, SQL_PASSWORD = var.database_secret }
      cpu         = 256
      memory      = 512
    }
    ui = {
      image   = var.settings.ui_image
      port    = 8080
      command = null
      environment = merge(local.ui_login, {
        TEMPORAL_ADDRESS        = "${local.host}:7233"
        TEMPORAL_CODEC_ENDPOINT = var.codec_endpoint
      })
      secrets = var.settings.ui_login == null ? {} : { TEMPORAL_AUTH_CLIENT_SECRET = var.client_secret }
      cpu     = 256
      memory  = 512
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = local.log_names

  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_iam_role" "execution" {
  name        = "${var.name}-temporal-execution"
  description = "What ECS needs to start Temporal"
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

resource "aws_iam_role_policy" "execution" {
  name = "start"
  role = aws_iam_role.execution.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(var.read_secrets, [
      { Effect = "Allow", Action = "ssm:GetParameters", Resource = local.host_arn },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = [for name in values(local.log_names) : "arn:aws:logs:${var.region}:${var.account_id}:log-group:${name}:*"]
      },
    ])
  })
}

resource "aws_ecs_task_definition" "this" {
  for_each = local.containers

  family                   = "${var.name}-temporal-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = each.value.cpu
  memory                   = each.value.memory
  execution_role_arn       = aws_iam_role.execution.arn

  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([merge({
    name         = each.key
    image        = each.value.image
    essential    = true
    stopTimeout  = 60
    portMappings = each.value.port == null ? [] : [{ containerPort = each.value.port, protocol = "tcp" }]
    mountPoints  = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    environment  = [for name, value in each.value.environment : { name = name, value = value }]
    secrets      = [for name, arn in each.value.secrets : { name = name, valueFrom = arn }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = local.log_names[each.key]
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = each.key
      }
    }
  }, each.value.command == null ? {} : { command = each.value.command })])
}

resource "aws_service_discovery_private_dns_namespace" "this" {
  name = "${var.name}.internal"
  vpc  = var.network.vpc_id
}

resource "aws_service_discovery_service" "server" {
  name = "temporal"

  dns_config {
    namespace_id   = aws_service_discovery_private_dns_namespace.this.id
    routing_policy = "MULTIVALUE"

    dns_records {
      type = "A"
      ttl  = 10
    }
  }
}

resource "aws_ecs_service" "server" {
  name            = "${var.name}-temporal-server"
  cluster         = var.cluster
  task_definition = aws_ecs_task_definition.this["server"].arn
  desired_count   = var.settings.tasks
  launch_type     = "FARGATE"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.network.subnet_ids
    security_groups  = [aws_security_group.server.id]
    assign_public_ip = false
  }

  service_registries {
    registry_arn = aws_service_discovery_service.server.arn
  }
}
