# Browsers and command lines come by HTTPS, from the company's network alone.

resource "aws_security_group" "this" {
  for_each = {
    server   = "Codec server: in from its balancer, out to AWS and the identity provider"
    balancer = "Codec server: in from the company's network"
  }

  name        = "${local.full}-${each.key}"
  description = each.value
  vpc_id      = var.network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = toset(var.settings.clients)

  security_group_id = aws_security_group.this["balancer"].id
  description       = "HTTPS from ${each.key}"
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  security_group_id            = aws_security_group.this["balancer"].id
  description                  = "Codec server"
  referenced_security_group_id = aws_security_group.this["server"].id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_ingress_rule" "server" {
  security_group_id            = aws_security_group.this["server"].id
  description                  = "Balancer"
  referenced_security_group_id = aws_security_group.this["balancer"].id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_egress_rule" "server" {
  security_group_id = aws_security_group.this["server"].id
  description       = "AWS, and the identity provider's keys"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_lb" "this" {
  name                       = local.full
  internal                   = true
  load_balancer_type         = "application"
  subnets                    = var.network.subnet_ids
  security_groups            = [aws_security_group.this["balancer"].id]
  drop_invalid_header_fields = true
  enable_deletion_protection = true
}

resource "aws_lb_target_group" "this" {
  name        = local.full
  target_type = "ip"
  protocol    = "HTTP"
  port        = local.port
  vpc_id      = var.network.vpc_id

  # Nothing of it lasts: an answer is given in milliseconds.
  deregistration_delay = 10

  health_check {
    path = "/healthz"
  }
}

resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTPS"
  port              = 443
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.settings.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

output "balancer" {
  description = "What the internal name that the certificate is for has to point at."
  value       = aws_lb.this.dns_name
}
