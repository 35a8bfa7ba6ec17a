# What Temporal remembers: PostgreSQL, with a copy in the second zone and any second of the last days to go back to.

resource "aws_db_subnet_group" "this" {
  name       = "${var.name}-temporal"
  subnet_ids = var.network.subnet_ids
}

resource "aws_db_parameter_group" "this" {
  name   = "${var.name}-temporal"
  family = "postgres16"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }
}

resource "aws_security_group" "database" {
  name        = "${var.name}-temporal-database"
  description = "PostgreSQL: in from Temporal, nothing out"
  vpc_id      = var.network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = aws_security_group.database.id
  description                  = "Temporal"
  referenced_security_group_id = aws_security_group.server.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_db_instance" "this" {
  identifier     = "${var.name}-temporal"
  engine         = "postgres"
  engine_version = "16"
  instance_class = var.settings.database_class
  db_name        = "temporal"

  # Write-only: it stands in no plan and no state.
  username            = "temporal"
  password_wo         = var.database_password
  password_wo_version = var.settings.database_password_version

  allocated_storage     = var.settings.database_gb
  max_allocated_storage = var.settings.database_gb * 5
  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  multi_az                        = var.settings.multi_az
  db_subnet_group_name            = aws_db_subnet_group.this.name
  parameter_group_name            = aws_db_parameter_group.this.name
  vpc_security_group_ids          = [aws_security_group.database.id]
  publicly_accessible             = false
  backup_retention_period         = var.settings.backup_days
  backup_window                   = "01:00-01:30"
  maintenance_window              = "sun:03:00-sun:03:30"
  copy_tags_to_snapshot           = true
  deletion_protection             = true
  skip_final_snapshot             = false
  final_snapshot_identifier       = "${var.name}-temporal-final"
  auto_minor_version_upgrade      = true
  ca_cert_identifier              = "rds-ca-rsa2048-g1"
  performance_insights_enabled    = true
  performance_insights_kms_key_id = var.kms_key_arn
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
  depends_on                      = [aws_cloudwatch_log_group.database]
}

# Made before RDS makes them, which would keep them for ever.
resource "aws_cloudwatch_log_group" "database" {
  for_each = toset(["postgresql", "upgrade"])

  name              = "/aws/rds/instance/${var.name}-temporal/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# A restored database has another address: change this, start the tasks anew, and Temporal is on it.
resource "aws_ssm_parameter" "database_host" {
  name  = "/${var.name}/temporal/database-host"
  type  = "String"
  value = aws_db_instance.this.address
}
