resource "aws_security_group" "server" {
  name        = "${var.name}-temporal"
  description = "Temporal: in from workers, the Web UI and its own kind"
  vpc_id      = var.network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "server" {
  for_each = {
    workers = { from = var.worker_security_group_id, first = 7233, last = 7233 }
    ui      = { from = aws_security_group.ui.id, first = 7233, last = 7233 }
    calls   = { from = aws_security_group.server.id, first = 7233, last = 7239 }
    members = { from = aws_security_group.server.id, first = 6933, last = 6939 }
  }

  security_group_id            = aws_security_group.server.id
  description                  = each.key
  referenced_security_group_id = each.value.from
  ip_protocol                  = "tcp"
  from_port                    = each.value.first
  to_port                      = each.value.last
}

resource "aws_security_group" "ui" {
  name        = "${var.name}-temporal-ui"
  description = "Web UI: in from its balancer"
  vpc_id      = var.network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "ui" {
  security_group_id            = aws_security_group.ui.id
  description                  = "Balancer"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
}

resource "aws_security_group" "balancer" {
  name        = "${var.name}-temporal-balancer"
  description = "Web UI: in from the company's network"
  vpc_id      = var.network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  for_each = toset(var.settings.ui_clients)

  security_group_id = aws_security_group.balancer.id
  description       = "HTTPS from ${each.key}"
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "Web UI"
  referenced_security_group_id = aws_security_group.ui.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
}

# Images, logs and secrets come over HTTPS; the rest stays inside.
resource "aws_vpc_security_group_egress_rule" "https" {
  for_each = { server = aws_security_group.server.id, ui = aws_security_group.ui.id }

  security_group_id = each.value
  description       = "AWS and the images"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "inside" {
  for_each = {
    database = { of = aws_security_group.server.id, to = aws_security_group.database.id, first = 5432, last = 5432 }
    calls    = { of = aws_security_group.server.id, to = aws_security_group.server.id, first = 7233, last = 7239 }
    members  = { of = aws_security_group.server.id, to = aws_security_group.server.id, first = 6933, last = 6939 }
    ui       = { of = aws_security_group.ui.id, to = aws_security_group.server.id, first = 7233, last = 7233 }
  }

  security_group_id            = each.value.of
  description                  = each.key
  referenced_security_group_id = each.value.to
  ip_protocol                  = "tcp"
  from_port                    = each.value.first
  to_port                      = each.value.last
}
