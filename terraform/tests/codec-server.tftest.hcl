mock_provider "aws" {}

variables {
  name        = "assay-test"
  region      = "eu-central-1"
  account_id  = "123456789012"
  environment = { ASSAY_ENV = "production", AWS_REGION = "eu-central-1" }
  image       = "repository/assay@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  settings = {
    certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/a"
    clients         = ["10.0.0.0/16", "10.9.0.0/24"]
    origin          = "https://temporal.example.org"
    login           = { issuer = "https://login.example.org", audience = "ui", subjects = ["dana", "kim"] }
  }
  secrets              = { ASSAY_ENCRYPTION_KEYS = "arn:keys", ASSAY_CODEC_TOKEN = "arn:token" }
  task_statements      = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = "arn:aws:kms:eu-central-1:123456789012:key/*" }]
  execution_statements = []
  cluster              = "assay-test"
  network              = { vpc_id = "vpc-a", subnet_ids = ["subnet-a", "subnet-b"] }
  kms_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/a"
  log_retention_days   = 30
}

run "it_answers_the_company_over_https" {
  command = plan
  module { source = "./modules/codec-server" }

  assert {
    condition     = aws_lb.this.internal && aws_lb_listener.this.protocol == "HTTPS" && !aws_ecs_service.this.network_configuration[0].assign_public_ip
    error_message = "It has no public address, and speaks TLS."
  }

  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.clients : rule.cidr_ipv4]) == toset(["10.0.0.0/16", "10.9.0.0/24"])
    error_message = "Only the named addresses come in."
  }

  assert {
    condition     = aws_lb_target_group.this.health_check[0].path == "/healthz" && aws_lb_target_group.this.port == 8081
    error_message = "The balancer asks for its health where it listens."
  }
}

run "it_knows_its_web_ui_and_its_callers_and_no_secret_in_the_open" {
  command = plan
  module { source = "./modules/codec-server" }

  assert {
    condition = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].command == [
      "/assay/bin/assay", "codec-server", "--host", "0.0.0.0", "--port", "8081", "--origin", "https://temporal.example.org",
    ]
    error_message = "Browsers of the Web UI alone are answered."
  }

  assert {
    condition = alltrue([for name, value in {
      ASSAY_CODEC_ISSUER   = "https://login.example.org"
      ASSAY_CODEC_AUDIENCE = "ui"
      ASSAY_CODEC_SUBJECTS = "dana,kim"
    } : contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment, { name = name, value = value })])
    error_message = "It trusts the logins that it is told of."
  }

  assert {
    condition = toset(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].secrets[*].name) == toset(["ASSAY_CODEC_TOKEN", "ASSAY_ENCRYPTION_KEYS"]) && alltrue([
      for variable in jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment : !contains(["ASSAY_CODEC_TOKEN", "ASSAY_ENCRYPTION_KEYS"], variable.name)
    ])
    error_message = "Keys and token come from secrets."
  }
}

run "without_logins_the_token_is_the_only_way_in" {
  command = plan

  variables {
    settings = {
      certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/a"
      clients         = ["10.0.0.0/16"]
      origin          = "https://temporal.example.org"
    }
  }

  module { source = "./modules/codec-server" }

  assert {
    condition     = alltrue([for variable in jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment : !startswith(variable.name, "ASSAY_CODEC_")])
    error_message = "No issuer is trusted that nobody named."
  }
}
