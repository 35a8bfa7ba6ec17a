/** What is kept: encrypted with keys of ours, private, versioned, and logs not for ever. */

/** Where the key of a kind of resource stands. */
const KEYS = {
  aws_cloudwatch_log_group: 'kms_key_id',
  aws_db_instance: 'kms_key_id',
  aws_secretsmanager_secret: 'kms_key_id',
  aws_sns_topic: 'kms_master_key_id',
  aws_sqs_queue: 'kms_master_key_id',
};
const BLOCKS = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];

export const storagePolicies = {
  'buckets-encrypt-with-kms': (resources) =>
    eachBucket(resources, 'aws_s3_bucket_server_side_encryption_configuration', ({ values, unknown }) => {
      const encryption = values.rule?.[0]?.apply_server_side_encryption_by_default?.[0];
      const later = unknown.rule?.[0]?.apply_server_side_encryption_by_default?.[0];
      const keyed = Boolean(encryption?.kms_master_key_id) || later?.kms_master_key_id === true;
      return encryption?.sse_algorithm === 'aws:kms' && keyed
        ? undefined
        : 'does not encrypt with a key of KMS';
    }),

  'buckets-block-the-public': (resources) =>
    eachBucket(resources, 'aws_s3_bucket_public_access_block', ({ values }) => {
      const open = BLOCKS.filter((name) => values[name] !== true);
      return open.length === 0 ? undefined : `leaves open: ${open.join(', ')}`;
    }),

  'buckets-keep-versions': (resources) =>
    eachBucket(resources, 'aws_s3_bucket_versioning', ({ values }) =>
      values.versioning_configuration?.[0]?.status === 'Enabled' ? undefined : 'keeps no versions',
    ),

  'logs-end': (resources) =>
    resources
      .filter(({ type, values }) => type === 'aws_cloudwatch_log_group' && !(values.retention_in_days > 0))
      .map(({ address }) => ({ address, problem: 'keeps its logs for ever: retention_in_days is not set' })),

  'keys-of-ours': (resources) =>
    resources
      .filter(({ type, values, unknown }) => {
        const name = KEYS[type];
        return name !== undefined && !values[name] && unknown[name] !== true;
      })
      .map(({ address, type }) => ({
        address,
        problem: `is not encrypted with a key of ours: ${KEYS[type]}`,
      })),

  'databases-encrypt': (resources) =>
    resources
      .filter(({ type, values }) => type === 'aws_db_instance' && values.storage_encrypted !== true)
      .map(({ address }) => ({ address, problem: 'does not encrypt its storage' })),
};

/** Judges the setting of a kind that each bucket must have; one that has none is a violation. */
function eachBucket(resources, type, problemOf) {
  const settings = resources.filter((resource) => resource.type === type);
  return resources
    .filter((resource) => resource.type === 'aws_s3_bucket')
    .flatMap(({ address, values }) => {
      const setting = settings.find((candidate) => candidate.values.bucket === values.bucket);
      const problem = setting === undefined ? `has no ${type}` : problemOf(setting);
      return problem === undefined ? [] : [{ address, problem }];
    });
}
