mock_provider "aws" {}

variables {
  name                     = "assay-test"
  region                   = "eu-central-1"
  account_id               = "123456789012"
  namespace                = "assay"
  network                  = { vpc_id = "vpc-a", subnet_ids = ["subnet-a", "subnet-b"] }
  worker_security_group_id = "sg-a"
  cluster                  = "assay-test"
  read_secrets             = []
  kms_key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/a"
  log_retention_days       = 30
  secret_references = {
    temporal-api-key            = "arn:key"
    temporal-client-certificate = "arn:certificate"
    temporal-client-key         = "arn:client-key"
    temporal-database           = "arn:database"
  }
}

run "temporal_cloud_is_reached_by_key" {
  command = plan
  variables { cloud = { address = "eu-central-1.aws.api.temporal.io:7233", auth = "api-key" } }
  module { source = "./modules/temporal" }

  assert {
    condition     = output.environment.TEMPORAL_ADDRESS == "eu-central-1.aws.api.temporal.io:7233" && output.environment.TEMPORAL_TLS == "true"
    error_message = "Workers go to Temporal Cloud, encrypted."
  }

  assert {
    condition     = output.secrets == { TEMPORAL_API_KEY = "arn:key" } && length(module.self_hosted) == 0
    error_message = "The key comes from the secret; there is no server of our own."
  }
}

run "temporal_cloud_is_reached_by_certificate" {
  command = plan
  variables { cloud = { address = "assay.a1b2c.tmprl.cloud:7233", auth = "mtls" } }
  module { source = "./modules/temporal" }

  assert {
    condition = output.secrets == {
      TEMPORAL_TLS_CLIENT_CERT_DATA = "arn:certificate"
      TEMPORAL_TLS_CLIENT_KEY_DATA  = "arn:client-key"
    }
    error_message = "Certificate and key come from secrets, under the names that Temporal's SDK reads."
  }
}

run "neither_cloud_nor_server_is_refused" {
  command = plan
  module { source = "./modules/temporal" }
  expect_failures = [var.self_hosted]
}

run "a_server_of_our_own_keeps_to_the_network" {
  command = plan

  variables {
    database_secret = "arn:database"
    settings = {
      server_image = "temporalio/server:1.31.0", ui_image = "temporalio/ui:2.49.1", tools_image = "temporalio/admin-tools:1.31.0"
      tasks        = 2, cpu = 1024, memory = 2048, history_shards = 512, database_class = "db.t4g.medium", database_gb = 20
      multi_az     = true, database_password_version = 1, backup_days = 14, ui_certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/a"
      ui_clients   = ["10.0.0.0/16"], ui_login = null
    }
  }

  module { source = "./modules/temporal/self-hosted" }

  assert {
    condition     = aws_lb.ui.internal && !aws_db_instance.this.publicly_accessible && aws_db_instance.this.multi_az
    error_message = "Web UI and database have private addresses; the database has a copy in the second zone."
  }

  assert {
    condition     = aws_db_instance.this.backup_retention_period == 14 && aws_db_instance.this.deletion_protection
    error_message = "Backups are kept as long as asked, and the database is not deleted by accident."
  }

  assert {
    condition = length([for variable in jsondecode(aws_ecs_task_definition.this["server"].container_definitions)[0].environment :
    variable if variable.name == "DYNAMIC_CONFIG" && strcontains(variable.value, "history.transferProcessorMaxPollRPS")]) == 1
    error_message = "The server dispatches more than 20 tasks a second."
  }

  assert {
    condition = contains(jsondecode(aws_ecs_task_definition.this["server"].container_definitions)[0].secrets,
    { name = "POSTGRES_PWD", valueFrom = "arn:database" })
    error_message = "The database's password comes from the secret."
  }
}

run "the_web_ui_passes_logins_to_the_codec_server" {
  command = plan

  variables {
    database_secret = "arn:database"
    client_secret   = "arn:client"
    codec_endpoint  = "https://codec.example.org"
    settings = {
      server_image = "temporalio/server:1.31.0", ui_image = "temporalio/ui:2.49.1", tools_image = "temporalio/admin-tools:1.31.0"
      tasks        = 1, cpu = 1024, memory = 2048, history_shards = 512, database_class = "db.t4g.medium", database_gb = 20
      multi_az     = false, database_password_version = 1, backup_days = 3, ui_certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/a"
      ui_clients   = ["10.0.0.0/16"], ui_login = { url = "https://temporal.example.org", issuer = "https://login.example.org", client_id = "ui" }
    }
  }

  module { source = "./modules/temporal/self-hosted" }

  assert {
    condition = alltrue([for name, value in {
      TEMPORAL_AUTH_ENABLED            = "true"
      TEMPORAL_AUTH_CALLBACK_URL       = "https://temporal.example.org/auth/sso/callback"
      TEMPORAL_CODEC_ENDPOINT          = "https://codec.example.org"
      TEMPORAL_CODEC_PASS_ACCESS_TOKEN = "true"
    } : contains(jsondecode(aws_ecs_task_definition.this["ui"].container_definitions)[0].environment, { name = name, value = value })])
    error_message = "The Web UI has people log in, and gives the codec server their tokens."
  }

  assert {
    condition = contains(jsondecode(aws_ecs_task_definition.this["ui"].container_definitions)[0].secrets,
    { name = "TEMPORAL_AUTH_CLIENT_SECRET", valueFrom = "arn:client" })
    error_message = "Its client secret comes from the secret."
  }
}
