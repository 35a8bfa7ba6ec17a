# The three queues: what each may touch, prefix by prefix, and what it is told.

locals {
  lake     = "arn:aws:s3:::${module.lake.buckets["lake"]}"
  registry = "arn:aws:s3:::${module.lake.buckets["registry"]}"

  # Data and training do the same work in two sizes; control keeps the books, and writes the lists of files of training jobs.
  books = ["assets", "backfills", "consumers", "events", "governance", "ledger", "notices", "pipelines", "sagemaker"]
  work  = ["lake", "monitoring", "reports", "runs", "training", "uploads"]
  prefixes = {
    control  = { read = ["lake", "landing", "monitoring", "reports", "uploads"], write = concat(local.books, ["doctor", "runs", "training"]), delete = ["doctor", "ledger"] }
    data     = { read = concat(local.books, ["landing"]), write = concat(local.work, ["assets"]), delete = ["lake", "training"] }
    training = { read = concat(local.books, ["landing"]), write = concat(local.work, ["assets"]), delete = ["lake", "training"] }
  }

  storage = { for queue, prefixes in local.prefixes : queue => [
    {
      # S3 says that an object is missing, and not that it is denied, to those alone who may list: for that it goes by this
      # right, whether or not it takes the object for a prefix.
      Effect    = "Allow"
      Action    = ["s3:ListBucket", "s3:ListBucketMultipartUploads"]
      Resource  = local.lake
      Condition = { StringLikeIfExists = { "s3:prefix" = [for prefix in concat(prefixes.read, prefixes.write) : "${prefix}/*"] } }
    },
    {
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = [for prefix in concat(prefixes.read, prefixes.write) : "${local.lake}/${prefix}/*"]
    },
    {
      Effect   = "Allow"
      Action   = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"]
      Resource = [for prefix in prefixes.write : "${local.lake}/${prefix}/*"]
    },
    {
      Effect   = "Allow"
      Action   = "s3:DeleteObject"
      Resource = [for prefix in prefixes.delete : "${local.lake}/${prefix}/*"]
    },
    { Effect = "Allow", Action = "s3:ListBucket", Resource = local.registry },
    {
      # Nobody deletes a model or an entry of the registry's log: both are for ever.
      Effect   = "Allow"
      Action   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
      Resource = "${local.registry}/registry/*"
    },
  ] }

  rights = {
    control  = concat(module.events.receive, module.training.start, module.observability.publish)
    data     = concat(module.training.watch, module.observability.publish)
    training = concat(module.training.watch, module.observability.publish)
  }

  # Events from outside are read by one queue's workers.
  only = { control = { ASSAY_EVENTS_QUEUE = module.events.queue_url }, data = {}, training = {} }

  settings = merge(var.settings, module.temporal.environment, {
    ASSAY_ENV            = var.environment
    ASSAY_STORE          = "s3://${module.lake.buckets["lake"]}"
    ASSAY_REGISTRY_STORE = "s3://${module.lake.buckets["registry"]}"
    ASSAY_CLOUDWATCH     = var.name
    ASSAY_VERSIONING     = "pinned"
    AWS_REGION           = var.region
    # Of secret://notices-topic: no secret, but told in the same way.
    ASSAY_SECRET_NOTICES_TOPIC = module.observability.topic_arn
    ASSAY_SAGEMAKER_ROLE       = module.training.role_arn
  })
}

module "workers" {
  source   = "../worker-service"
  for_each = var.sizes

  name                 = var.name
  region               = var.region
  account_id           = var.account_id
  queue                = each.key
  releases             = var.releases
  size                 = each.value
  health_port          = 8080
  target_utilisation   = each.key == "control" ? 70 : 100
  environment          = merge(local.settings, local.only[each.key], { ASSAY_STAGE_MB = tostring(floor(each.value.disk * 512)) })
  secrets              = merge(module.temporal.secrets, module.training.parameters, { ASSAY_ENCRYPTION_KEYS = module.secrets.references["encryption-keys"] })
  task_statements      = concat(local.storage[each.key], [module.lake.use_key, module.secrets.read, module.secrets.use_key], local.rights[each.key])
  execution_statements = [module.secrets.read, module.secrets.use_key, module.training.read_parameters]
  cluster              = aws_ecs_cluster.this.name
  subnet_ids           = module.network.private_subnet_ids
  security_group_id    = aws_security_group.workers.id
  kms_key_arn          = module.secrets.kms_key_arn
  log_retention_days   = var.log_retention_days
}
