# Training on SageMaker: the role that a job runs under, and the rights of the worker that starts, watches and stops jobs.

variable "name" {
  type = string
}

variable "projects" {
  description = "With them the names of jobs begin: the rights end there."
  type        = set(string)
}

variable "kms_key_arn" {
  description = "Key of the jobs' disks and models."
  type        = string
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

variable "use_key" {
  description = "The statement that lets a job read and write encrypted objects."
  type        = any
}

variable "network" {
  type = object({ vpc_id = string, subnet_ids = list(string) })
}

locals {
  role_arn = "arn:aws:iam::${var.account_id}:role/${var.name}-training-job"
  arn      = "arn:aws:sagemaker:${var.region}:${var.account_id}"
  jobs     = [for project in var.projects : "${local.arn}:training-job/${project}-*"]

  # Of a job's disk: SageMaker itself is granted the key, by whoever starts the job.
  grant_key = {
    Effect   = "Allow"
    Action   = ["kms:CreateGrant", "kms:DescribeKey"]
    Resource = var.use_key.Resource
    Condition = merge(var.use_key.Condition, {
      BoolIfExists = { "kms:GrantIsForAWSResource" = "true" }
    })
  }

  # Known only when they are made, so workers are told through parameters: a task definition stays known before.
  parameters = {
    ASSAY_SAGEMAKER_SUBNETS         = join(",", var.network.subnet_ids)
    ASSAY_SAGEMAKER_SECURITY_GROUPS = aws_security_group.job.id
    ASSAY_SAGEMAKER_KMS_KEY         = var.kms_key_arn
  }
  parameter_arns = {
    for variable in keys(local.parameters) :
    variable => "arn:aws:ssm:${var.region}:${var.account_id}:parameter/${var.name}/training/${variable}"
  }
}

resource "aws_ssm_parameter" "job" {
  for_each = local.parameters

  name  = "/${var.name}/training/${each.key}"
  type  = "String"
  value = each.value
}

resource "aws_iam_role" "job" {
  name        = "${var.name}-training-job"
  description = "Training jobs: their channels in, a model out, nothing else of the lake"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "sagemaker.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "job" {
  name = "train"
  role = aws_iam_role.job.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
        Resource = "arn:aws:s3:::${var.lake_bucket}/training/*"
      },
      {
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = "arn:aws:s3:::${var.lake_bucket}"
        Condition = { StringLike = { "s3:prefix" = ["training/*"] } }
      },
      var.use_key,
      local.grant_key,
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:${var.region}:${var.account_id}:log-group:/aws/sagemaker/*"
      },
      {
        Effect    = "Allow"
        Action    = "cloudwatch:PutMetricData"
        Resource  = "*"
        Condition = { StringEquals = { "cloudwatch:namespace" = "/aws/sagemaker/TrainingJobs" } }
      },
      {
        # These name no resource: a token for the registry, and the network interfaces of a job in a VPC.
        Effect = "Allow"
        Action = [
          "ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface",
          "ec2:DeleteNetworkInterfacePermission", "ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ecr:GetAuthorizationToken",
        ]
        Resource = "*"
      },
      {
        # AWS's own accounts hold the built-in images, another one in every region.
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = "arn:aws:ecr:${var.region}:*:repository/sagemaker-xgboost"
      },
    ]
  })
}

resource "aws_security_group" "job" {
  name        = "${var.name}-training-job"
  description = "Training jobs: out to S3 and AWS, nothing in"
  vpc_id      = var.network.vpc_id
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.job.id
  description       = "S3 and the endpoints of AWS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

output "role_arn" {
  value = local.role_arn
}

output "parameters" {
  description = "Variable of workers/env.ts to the parameter that fills it."
  value       = local.parameter_arns
}

output "read_parameters" {
  value = { Effect = "Allow", Action = "ssm:GetParameters", Resource = values(local.parameter_arns) }
}

output "watch" {
  description = "The statements of the workers that look at jobs and collect what they made."
  value       = [{ Effect = "Allow", Action = "sagemaker:DescribeTrainingJob", Resource = local.jobs }]
}

output "start" {
  description = "The statements of the worker that starts, watches and stops training jobs."
  value = [
    {
      Effect   = "Allow"
      Action   = ["sagemaker:AddTags", "sagemaker:CreateTrainingJob", "sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob"]
      Resource = local.jobs
    },
    {
      Effect = "Allow"
      Action = [
        "sagemaker:AddTags", "sagemaker:CreateModelPackage", "sagemaker:CreateModelPackageGroup", "sagemaker:DescribeModelPackage",
        "sagemaker:DescribeModelPackageGroup", "sagemaker:ListModelPackages", "sagemaker:UpdateModelPackage",
      ]
      Resource = flatten([for project in var.projects : [
        "${local.arn}:model-package-group/${project}*", "${local.arn}:model-package/${project}*",
      ]])
    },
    local.grant_key,
    {
      Effect    = "Allow"
      Action    = "iam:PassRole"
      Resource  = local.role_arn
      Condition = { StringEquals = { "iam:PassedToService" = "sagemaker.amazonaws.com" } }
    },
  ]
}
