/** Rights: what the policies of identity and of resources may say. */

/** Where a kind of resource holds its document. Others may show AWS's own in an attribute `policy`: that is judged if known. */
const DOCUMENTS = {
  aws_iam_role: 'assume_role_policy',
  aws_iam_policy: 'policy',
  aws_iam_role_policy: 'policy',
  aws_iam_user_policy: 'policy',
  aws_iam_group_policy: 'policy',
  aws_kms_key: 'policy',
  aws_s3_bucket_policy: 'policy',
  aws_sqs_queue_policy: 'policy',
  aws_sns_topic_policy: 'policy',
  aws_secretsmanager_secret_policy: 'policy',
  aws_ecr_repository_policy: 'policy',
};
const TOO_MUCH = /(AdministratorAccess|PowerUserAccess|FullAccess)$/;

export const accessPolicies = {
  /** Every action by name: `s3:*` is how a worker comes to delete a bucket. */
  'no-wildcard-actions': (resources) =>
    allowed(resources).flatMap(({ address, statement }) => {
      if (statement.NotAction !== undefined)
        return [{ address, problem: 'NotAction allows everything but what it names' }];
      return list(statement.Action)
        .filter((action) => action.includes('*'))
        .map((action) => ({ address, problem: `allows ${action}: name the actions` }));
    }),

  'no-broad-managed-policies': (resources) =>
    resources
      .filter(
        ({ type, values }) => type.endsWith('_policy_attachment') && TOO_MUCH.test(values.policy_arn ?? ''),
      )
      .map(({ address, values }) => ({ address, problem: `attaches ${values.policy_arn}` })),

  'policies-are-known': (resources) =>
    resources
      .filter(({ type, unknown }) => DOCUMENTS[type] !== undefined && unknown[DOCUMENTS[type]] === true)
      .map(({ address, type }) => ({
        address,
        problem: `${DOCUMENTS[type]} is known only after it is applied: build its ARNs from names, so that it can be judged`,
      })),

  'no-public-principals': (resources) =>
    allowed(resources)
      .filter(({ statement }) => Object.values(principalsOf(statement)).flat().includes('*'))
      .map(({ address }) => ({ address, problem: 'allows everyone (Principal *)' })),

  'roles-pass-to-sagemaker-alone': (resources) =>
    allowed(resources)
      .filter(({ statement }) => list(statement.Action).includes('iam:PassRole'))
      .filter(({ statement }) => {
        const to = list(statement.Condition?.StringEquals?.['iam:PassedToService']);
        return to.join() !== 'sagemaker.amazonaws.com' || list(statement.Resource).includes('*');
      })
      .map(({ address }) => ({
        address,
        problem: 'iam:PassRole wants one role and iam:PassedToService sagemaker.amazonaws.com',
      })),

  /** Models and the log of decisions are for ever: no worker may take one away. */
  'registry-is-append-only': (resources) => {
    const entries = resources
      .filter(({ type, values }) => type === 'aws_s3_bucket' && values.bucket.includes('-registry-'))
      .map(({ values }) => `arn:aws:s3:::${values.bucket}/registry/model/log/1.json`);
    return allowed(resources)
      .filter(({ statement }) => list(statement.Action).some((action) => action.startsWith('s3:Delete')))
      .filter(({ statement }) =>
        list(statement.Resource).some((arn) => entries.some((entry) => matches(arn, entry))),
      )
      .map(({ address }) => ({ address, problem: 'may delete in the registry' }));
  },
};

/** The statements that allow, of every document that is known. */
function allowed(resources) {
  return resources.flatMap(({ address, type, values }) => {
    const document = values[DOCUMENTS[type] ?? 'policy'];
    return list(typeof document === 'string' ? JSON.parse(document).Statement : undefined)
      .filter((statement) => statement.Effect !== 'Deny')
      .map((statement) => ({ address, statement }));
  });
}

function principalsOf({ Principal: principal }) {
  return typeof principal === 'string' ? { any: [principal] } : (principal ?? {});
}

function list(value) {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** As IAM compares: `*` is any text, `?` any letter. */
function matches(pattern, arn) {
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(arn);
}
