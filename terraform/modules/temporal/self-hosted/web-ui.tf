# The Web UI behind a balancer that has no public address.

locals {
  # Who has logged in is who the codec server answers: browsers pass the login on.
  ui_login = var.settings.ui_login == null ? {} : {
    TEMPORAL_AUTH_ENABLED            = "true"
    TEMPORAL_AUTH_PROVIDER_URL       = var.settings.ui_login.issuer
    TEMPORAL_AUTH_CLIENT_ID          = var.settings.ui_login.client_id
    TEMPORAL_AUTH_CALLBACK_URL       = "${var.settings.ui_login.url}/auth/sso/callback"
    TEMPORAL_AUTH_SCOPES             = var.settings.ui_login.scopes
    TEMPORAL_CODEC_PASS_ACCESS_TOKEN = "true"
  }
}

resource "aws_lb" "ui" {
  name                       = "${var.name}-temporal"
  internal                   = true
  load_balancer_type         = "application"
  subnets                    = var.network.subnet_ids
  security_groups            = [aws_security_group.balancer.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = true
}

resource "aws_lb_target_group" "ui" {
  name        = "${var.name}-temporal-ui"
  target_type = "ip"
  protocol    = "HTTP"
  port        = 8080
  vpc_id      = var.network.vpc_id

  health_check {
    path = "/healthz"
  }
}

resource "aws_lb_listener" "ui" {
  load_balancer_arn = aws_lb.ui.arn
  protocol          = "HTTPS"
  port              = 443
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.settings.ui_certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.ui.arn
  }
}

resource "aws_ecs_service" "ui" {
  name            = "${var.name}-temporal-ui"
  cluster         = var.cluster
  task_definition = aws_ecs_task_definition.this["ui"].arn
  desired_count   = 1
  launch_type     = "FARGATE"
  depends_on      = [aws_lb_listener.ui]

  network_configuration {
    subnets          = var.network.subnet_ids
    security_groups  = [aws_security_group.ui.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.ui.arn
    container_name   = "ui"
    container_port   = 8080
  }
}

output "web_ui" {
  value = "https://${aws_lb.ui.dns_name}"
}
