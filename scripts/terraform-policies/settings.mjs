/** Containers: nothing secret in the open, no setting that nobody reads, and how they run. */

const SECRET_NAME =
  /(PASSWORD|PASSWD|PWD|SECRET|TOKEN|CREDENTIAL|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CODEC_KEY)/i;
/** AWS's keys, PEM, tokens of GitHub and Slack, JSON web tokens, and what is long and random. */
const SECRET_VALUE =
  /(AKIA[0-9A-Z]{16}|-----BEGIN|gh[pousr]_\w{20,}|xox[abpr]-|eyJ[\w-]{10,}\.[\w-]{10,}|^[A-Za-z0-9+/_-]{40,}={0,2}$)/;

/** What runs from our own image. */
const OURS = ['worker', 'codec'];

export const settingsPolicies = {
  'no-plain-secrets': (resources) => [
    ...eachContainer(resources, (container) =>
      (container.environment ?? [])
        .filter(({ name, value }) => (SECRET_NAME.test(name) && isTold(value)) || SECRET_VALUE.test(value))
        .map(({ name }) => `${container.name} has ${name} in the open: a secret comes by valueFrom`),
    ),
    ...resources.filter(writesSecret).map(({ address }) => ({
      address,
      problem:
        'writes a secret that then stands in the state: put it in by hand, or use a write-only attribute',
    })),
  ],

  'containers-are-known': (resources) =>
    resources
      .filter(
        ({ type, unknown }) => type === 'aws_ecs_task_definition' && unknown.container_definitions === true,
      )
      .map(({ address }) => ({
        address,
        problem: 'container_definitions are known only after they are applied: build ARNs from names',
      })),

  'settings-are-read': (resources, settings) =>
    eachContainer(resources, (container) =>
      OURS.includes(container.name)
        ? [...(container.environment ?? []), ...(container.secrets ?? [])]
            .filter(
              ({ name }) =>
                name.startsWith('ASSAY_') && !settings.has(name) && !name.startsWith('ASSAY_SECRET_'),
            )
            .map(({ name }) => `${name} is read by nobody: workers/env.ts does not know it`)
        : [],
    ),

  'workers-run-confined': (resources) =>
    eachContainer(resources, (container) => {
      if (!OURS.includes(container.name)) return [];
      return [
        ...(container.readonlyRootFilesystem === true ? [] : ['its root can be written']),
        ...(/^[1-9]\d*(:\d+)?$/.test(container.user ?? '') ? [] : ['it runs as root']),
        ...(container.privileged === true ? ['it is privileged'] : []),
        ...(container.name !== 'worker' || container.stopTimeout === 120
          ? []
          : ['stopTimeout is not the 120 s that draining takes']),
        ...(/@sha256:[0-9a-f]{64}$/.test(container.image) ? [] : ['its image is not named by digest']),
      ];
    }),
};

/** The name of a thing in AWS, and a switch, are told in the open, also where a secret could stand (`ASSAY_SECRET_…`). */
function isTold(value) {
  return !/^(|true|false|arn:aws:[a-z]+:.*)$/.test(value);
}

function writesSecret({ type, values }) {
  if (type === 'aws_secretsmanager_secret_version') return typeof values.secret_string === 'string';
  if (type === 'aws_db_instance' || type === 'aws_rds_cluster')
    return typeof (values.password ?? values.master_password) === 'string';
  return type === 'aws_ssm_parameter' && values.type === 'String' && SECRET_NAME.test(values.name ?? '');
}

function eachContainer(resources, problemsOf) {
  return resources
    .filter(
      ({ type, values }) =>
        type === 'aws_ecs_task_definition' && typeof values.container_definitions === 'string',
    )
    .flatMap(({ address, values }) =>
      JSON.parse(values.container_definitions).flatMap((container) =>
        problemsOf(container).map((problem) => ({ address, problem })),
      ),
    );
}
